namespace MiniDL;

/// <summary>Small helpers of the ops that call fused kernels.</summary>
internal static class Operands
{
    /// <summary>The view, or <see cref="TensorView.IsNone"/> for an operand that is not there.</summary>
    public static TensorView ViewOrNone(this Tensor? x) => x is null ? default : x.View;

    /// <summary>Ends a scope; the tensor lives on.</summary>
    public static void Close(this TempScope scope, Tensor y) => scope.Close(y.storage as DeviceBuffer);

    /// <summary>Keeps a tensor's buffer from going back by hand: code of the user's may hold it.</summary>
    public static void Escape(this Tensor x)
    {
        if (x.storage is DeviceBuffer buffer) buffer.Escape();
    }
}
