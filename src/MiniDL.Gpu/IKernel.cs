namespace MiniDL.Gpu;

/// <summary>A kernel: a struct whose fields are its arguments (views, sizes, an op's own struct) and whose <see cref="Run"/> is what one thread does.</summary>
/// <remarks>
/// What a kernel may be written in (docs/gpu.md): values, structs, views, static methods that inline. No class, no array but in shared memory, no warp or group
/// collective, no atomic on floats; sizes as int, since a 64-bit division costs a hundred instructions. ILGPU does not unroll loops: what should lie in registers has a name.
/// </remarks>
internal interface IKernel
{
    /// <summary>One thread's work.</summary>
    void Run();
}
