namespace MiniDL;

/// <summary>The CPU backend for elements of type <typeparamref name="E"/>; its kernels stand in <c>Kernels/</c>, a file an op.</summary>
internal sealed unsafe partial class CpuBackend<E> where E : unmanaged
{
}
