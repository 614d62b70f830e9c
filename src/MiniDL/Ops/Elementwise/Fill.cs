namespace MiniDL;

public partial class Tensor
{
    /// <summary>Sets every element, in place.</summary>
    /// <exception cref="InvalidOperationException">A graph depends on the elements.</exception>
    public Tensor Fill(double number)
    {
        BeginWrite(nameof(Fill));
        var y = View;
        if (dtype is DType.BFloat16 or DType.Float16)
        {
            CopyInto(Full([], number, DType.Float32, Device).To(dtype));
            return this;
        }
        if (dtype == DType.Bool) number = number != 0 ? 1 : 0;
        Backend.MapNumber(new ConstantMap(dtype.IsFloat() ? (Number)number : (long)number), y, y, y, y);
        return Gate.Leave(nameof(Fill), this, this);
    }
}
