using System.Runtime.CompilerServices;

namespace MiniDL;

/// <summary>The loops over up to five operands of one shape: axes of size 1 dropped, axes merged where every operand can walk them as one.</summary>
/// <remarks>A value on the stack, without heap memory. Strides are in elements. The last axis is the inner loop; there is always one.</remarks>
internal unsafe struct LoopNest
{
    /// <summary>The most operands.</summary>
    public const int MaxOperands = 5;

    // Cleared by nobody: only the first axes of them are ever read.
    fixed long sizes[Layout.MaxRank];
    fixed long strides[Layout.MaxRank * MaxOperands];
    readonly int operands;

    /// <summary>How many operands there are.</summary>
    public readonly int Operands => operands;

    /// <summary>How many axes are left, 1 at least.</summary>
    public int Rank { get; private set; }

    /// <summary>The number of elements.</summary>
    public long Count { get; private set; }

    /// <summary>The loops over all axes.</summary>
    /// <param name="anyOrder">The axes may be reordered, so that the first operand is walked in the order of its memory.</param>
    /// <param name="layouts">The operands, of one shape.</param>
    public LoopNest(bool anyOrder, params ReadOnlySpan<Layout> layouts) : this(anyOrder, default, true, layouts)
    {
    }

    /// <summary>The loops over some axes: those on which <paramref name="mask"/> has size 1, or those on which it has not.</summary>
    public LoopNest(bool anyOrder, Layout? mask, bool kept, params ReadOnlySpan<Layout> layouts)
    {
        Unsafe.SkipInit(out this);
        operands = layouts.Length;
        var shape = layouts[0];
        Rank = 0;
        Count = 1;
        for (var axis = 0; axis < shape.Rank; axis++)
            if (shape.Size(axis) != 1 && (mask is null || mask.Size(axis) != 1 == kept))
                Add(shape.Size(axis), axis, layouts);
        if (anyOrder && !shape.IsContiguous) Sort();
        Merge();
    }

    /// <summary>The size of an axis.</summary>
    public readonly long Size(int axis) => sizes[axis];

    /// <summary>The step of an operand along an axis.</summary>
    public readonly long Stride(int axis, int operand) => strides[axis * MaxOperands + operand];

    /// <summary>The size of the inner loop.</summary>
    public readonly long Inner => sizes[Rank - 1];

    /// <summary>The step of an operand in the inner loop.</summary>
    public readonly long InnerStride(int operand) => Stride(Rank - 1, operand);

    /// <summary>Makes an axis the inner one; the others keep their order.</summary>
    public void MoveInner(int axis)
    {
        for (var i = axis; i < Rank - 1; i++) Swap(i, i + 1);
    }

    void Add(long size, int axis, ReadOnlySpan<Layout> layouts)
    {
        sizes[Rank] = size;
        for (var i = 0; i < operands; i++) strides[Rank * MaxOperands + i] = layouts[i].Stride(axis);
        Rank++;
        Count *= size;
    }

    // Insertion sort, stable: the largest steps of the first operand to the outside.
    void Sort()
    {
        for (var i = 1; i < Rank; i++)
            for (var j = i; j > 0 && Math.Abs(Stride(j - 1, 0)) < Math.Abs(Stride(j, 0)); j--)
                Swap(j - 1, j);
    }

    void Swap(int a, int b)
    {
        (sizes[a], sizes[b]) = (sizes[b], sizes[a]);
        for (var i = 0; i < operands; i++)
            (strides[a * MaxOperands + i], strides[b * MaxOperands + i]) = (strides[b * MaxOperands + i], strides[a * MaxOperands + i]);
    }

    void Merge()
    {
        if (Rank == 0)
        {
            Rank = 1;
            sizes[0] = 1;
            for (var i = 0; i < operands; i++) strides[i] = 1;
            return;
        }
        var last = 0;
        for (var axis = 1; axis < Rank; axis++)
        {
            var size = sizes[axis];
            var joins = true;
            for (var i = 0; i < operands; i++) joins &= Stride(last, i) == Stride(axis, i) * size;
            if (joins) size *= sizes[last];
            else last++;
            sizes[last] = size;
            for (var i = 0; i < operands; i++) strides[last * MaxOperands + i] = Stride(axis, i);
        }
        Rank = last + 1;
    }

    /// <summary>A place in the loops, and what each operand's offset is there.</summary>
    public struct Walk
    {
        readonly LoopNest* nest;
        fixed long index[Layout.MaxRank];
        fixed long offsets[MaxOperands];

        /// <summary>The place of element <paramref name="position"/> in the order of the loops.</summary>
        public Walk(LoopNest* nest, long position)
        {
            Unsafe.SkipInit(out this);
            this.nest = nest;
            for (var i = 0; i < nest->operands; i++) offsets[i] = 0;
            for (var axis = nest->Rank - 1; axis >= 0; axis--)
            {
                (var rest, index[axis]) = position == 0 ? (0, 0) : Math.DivRem(position, nest->sizes[axis]);
                for (var i = 0; i < nest->operands; i++) offsets[i] += index[axis] * nest->Stride(axis, i);
                position = rest;
            }
        }

        /// <summary>The offset of an operand, in elements.</summary>
        public readonly long this[int operand] => offsets[operand];

        /// <summary>How many elements are left in the inner loop.</summary>
        public readonly long Run => nest->Inner - index[nest->Rank - 1];

        /// <summary>Goes on by <paramref name="count"/> elements, at most <see cref="Run"/>.</summary>
        public void Advance(long count)
        {
            var axis = nest->Rank - 1;
            if (index[axis] + count < nest->sizes[axis])
            {
                index[axis] += count;
                for (var i = 0; i < nest->operands; i++) offsets[i] += count * nest->Stride(axis, i);
                return;
            }
            for (; axis > 0; axis--)
            {
                for (var i = 0; i < nest->operands; i++) offsets[i] += nest->Stride(axis - 1, i) - index[axis] * nest->Stride(axis, i);
                index[axis] = 0;
                if (++index[axis - 1] < nest->sizes[axis - 1]) return;
            }
        }
    }
}
