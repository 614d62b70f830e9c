namespace MiniDL;

/// <summary>What stands between the brackets of <c>x[…]</c>, resolved: a view by the numbers and ranges, and then the tensors that pick from it.</summary>
internal readonly ref struct Indexing
{
    const string Op = "x[…]";

    readonly Tensor view;       // x by numbers, ranges and new axes; recorded when x is
    readonly Tensor? mask;      // set when a single mask over the leading axes is all there is
    readonly Tensor? picks;     // Int64, of the shape in which the index tensors meet: places along the axes they stand for, taken as one
    readonly int axis;          // the first of these axes
    readonly int axes;          // how many

    public Indexing(Tensor x, ReadOnlySpan<TensorIndex> indices)
    {
        var (named, ellipsis) = (0, -1);
        for (var i = 0; i < indices.Length; i++)
        {
            named += indices[i].Axes;
            if (indices[i].What != TensorIndex.Kind.Ellipsis) continue;
            if (ellipsis >= 0) throw new ArgumentException($"{Op}: there are two ellipses", nameof(indices));
            ellipsis = i;
        }
        if (named > x.Rank)
            throw new ShapeException(Op, $"{named} indices for a tensor of shape {x.layout}, which has {x.Rank} axes", nameof(indices), null, x.Rank, named);

        view = x;
        List<Group>? groups = null;
        var at = 0;
        for (var i = 0; i < indices.Length; i++)
        {
            var index = indices[i];
            switch (index.What)
            {
                case TensorIndex.Kind.Number:
                    view = view.Select(at, Position(index.From, view, at));
                    break;
                case TensorIndex.Kind.Range:
                    view = Slice(view, at, index);
                    at++;
                    break;
                case TensorIndex.Kind.NewAxis:
                    view = view.Unsqueeze(at++);
                    break;
                case TensorIndex.Kind.Ellipsis:
                    at += x.Rank - named;
                    break;
                default:
                    (groups ??= []).Add(new Group(index.Tensor!, at, index.Axes));
                    at += index.Axes;
                    break;
            }
        }
        if (groups is null) return;
        foreach (var group in groups) group.Check(view);
        (axis, axes) = (groups[0].Axis, 0);
        if (groups is [{ IsMask: true } only])
        {
            axes = only.Axes;
            mask = only.Index;
            return;
        }
        Span<bool> picked = stackalloc bool[view.Rank];
        foreach (var group in groups)
        {
            picked.Slice(group.Axis, group.Axes).Fill(true);
            axes += group.Axes;
        }
        if (picked.Slice(axis, axes).Contains(false)) // a range lies between them: their axes go to the front
        {
            view = ToFront(view, picked);
            axis = 0;
        }
        picks = Combine(groups, view);
    }

    /// <summary>A tensor between the brackets and the axes of the view that it stands for.</summary>
    readonly record struct Group(Tensor Index, int Axis, int Axes)
    {
        public bool IsMask => Index.dtype == DType.Bool;

        public void Check(Tensor view)
        {
            Types.SameDevice(view, Index, Op);
            if (!IsMask) return;
            for (var i = 0; i < Axes; i++)
                if (Index.layout.Size(i) != view.layout.Size(Axis + i))
                    throw new ShapeException(Op, $"the mask {Index.layout} does not have the sizes of the axes it stands for, from axis {Axis} of {view.layout} on", "indices", Axis + i, view.layout.Size(Axis + i), Index.layout.Size(i));
        }

        public long Size(Layout view)
        {
            long size = 1;
            for (var i = 0; i < Axes; i++) size *= view.Size(Axis + i);
            return size;
        }
    }

    /// <summary>The element that <paramref name="index"/> is of an axis.</summary>
    static int Position(Index index, Tensor x, int axis)
    {
        var size = x.layout.Size(axis);
        var position = index.GetOffset(size);
        if ((uint)position >= (uint)size)
            throw new ArgumentOutOfRangeException(nameof(index), $"{Gate.Describe(Op)}: index {index} is outside axis {axis} of size {size} (shape {x.layout})");
        return position;
    }

    static Tensor Slice(Tensor x, int axis, TensorIndex range)
    {
        var size = x.layout.Size(axis);
        var (from, to) = (range.From.GetOffset(size), range.To.GetOffset(size));
        if (from < 0 || to > size || from > to)
            throw new ArgumentOutOfRangeException(nameof(range), $"{Gate.Describe(Op)}: range {range} lies outside axis {axis} of size {size} (shape {x.layout})");
        var length = (to - from + Math.Abs(range.Step) - 1) / Math.Abs(range.Step);
        return x.Slice(axis, range.Step > 0 || length == 0 ? from : to - 1, length, range.Step);
    }

    static Tensor ToFront(Tensor x, ReadOnlySpan<bool> picked)
    {
        Span<int> dims = stackalloc int[x.Rank];
        var next = 0;
        for (var front = 1; front >= 0; front--)
            for (var i = 0; i < x.Rank; i++)
                if (picked[i] == (front == 1)) dims[next++] = i;
        return x.Permute(dims);
    }

    /// <summary>The index tensors as one: Σ indexᵢ·(the product of the sizes behind it).</summary>
    Tensor Combine(List<Group> groups, Tensor front)
    {
        Tensor? sum = null;
        long stride = 1;
        var sizes = front.layout;
        var behind = axis + axes;
        for (var i = groups.Count - 1; i >= 0; i--)
        {
            var group = groups[i];
            behind -= group.Axes;
            var size = new Group(group.Index, behind, group.Axes).Size(sizes);
            var index = group.IsMask ? group.Index.Positions() : Indices.Check(group.Index, size, Op, $"axis {group.Axis}", fromEnd: true);
            var term = stride == 1 ? index : index * stride;
            sum = sum is null ? term : term + sum;
            stride *= size;
        }
        return sum!;
    }

    /// <summary>The part itself: a view, or a copy of what the tensors pick.</summary>
    public Tensor Read()
    {
        var places = picks ?? mask?.Positions();
        if (places is null) return view;
        return view.Reshape(Merged().Sizes).IndexSelectChecked(axis, places.Reshape([-1])).Reshape(ResultShape(places.layout).Sizes);
    }

    /// <summary>Writes the part of <paramref name="target"/>, whose elements the view shows.</summary>
    public void Write(Tensor target, Tensor value)
    {
        if (picks is not null || mask is not null) Types.ExpectComputable(view, Op);
        if (picks is null && (mask is null || value.Rank == 0))
        {
            WriteView(target, value);
            return;
        }
        var places = picks ?? mask!.Positions();
        var shape = ResultShape(places.layout);
        value = Spread(value, shape);
        var index = Indices.Along(Apart(places).Reshape([-1]), Merged(), axis);
        value = Apart(value).Reshape(index.Shape);
        target.BeginWrite(Op);
        var merged = view.Reshape(Merged().Sizes);
        merged.ScatterInto(axis, index, value, add: false);
        if (!ReferenceEquals(merged.storage, view.storage)) // the strides allowed no view: the copy goes back
            view.Backend.Copy(merged.Reshape(view.Shape).View, view.View);
        GC.KeepAlive(target);
    }

    void WriteView(Tensor target, Tensor value)
    {
        value = Apart(Spread(value, view.layout));
        target.BeginWrite(Op);
        if (view.Length == 0) return;
        if (mask is null) view.Backend.Copy(value.View, view.View);
        else view.Backend.Where(Binary.Spread(MaskOverView(), view.layout), value.View, view.View, view.View);
        GC.KeepAlive(value);
        GC.KeepAlive(target);
    }

    /// <summary>The mask with axes of 1 for those of the view that it does not name.</summary>
    Tensor MaskOverView()
    {
        Span<int> sizes = stackalloc int[view.Rank];
        sizes.Fill(1);
        mask!.layout.Sizes.CopyTo(sizes[axis..]);
        return Apart(mask).Reshape(sizes);
    }

    /// <summary>A tensor that does not share the memory that is written.</summary>
    Tensor Apart(Tensor x) => ReferenceEquals(x.storage, view.storage) ? x.Clone() : x;

    /// <summary>The value in the shape of the part that is written; leading axes of 1 that the part has not go away.</summary>
    static Tensor Spread(Tensor value, Layout shape)
    {
        var y = value.Detach();
        while (y.Rank > shape.Rank && y.layout.Size(0) == 1) y = y.Select(0, 0);
        var lead = shape.Rank - y.Rank;
        var fits = lead >= 0;
        for (var i = 0; fits && i < y.Rank; i++) fits = y.layout.Size(i) == 1 || y.layout.Size(i) == shape.Size(lead + i);
        if (!fits) throw new ShapeException(Op, $"the value {value.layout} does not broadcast to the part that is written, {shape}", "value");
        return y.Expand(shape.Sizes);
    }

    /// <summary>The view's layout with the axes that are picked from as one.</summary>
    Layout Merged()
    {
        Span<int> sizes = stackalloc int[view.Rank - axes + 1];
        view.layout.Sizes[..axis].CopyTo(sizes);
        long size = 1;
        for (var i = axis; i < axis + axes; i++) size *= view.layout.Size(i);
        sizes[axis] = checked((int)size);
        view.layout.Sizes[(axis + axes)..].CopyTo(sizes[(axis + 1)..]);
        return Layout.Of(sizes);
    }

    /// <summary>The shape of the part: that of the picks in the place of the axes picked from.</summary>
    Layout ResultShape(Layout picked)
    {
        Span<int> sizes = stackalloc int[view.Rank - axes + picked.Rank];
        view.layout.Sizes[..axis].CopyTo(sizes);
        picked.Sizes.CopyTo(sizes[axis..]);
        view.layout.Sizes[(axis + axes)..].CopyTo(sizes[(axis + picked.Rank)..]);
        Dims.Check(sizes, Op);
        return Layout.Of(sizes);
    }
}
