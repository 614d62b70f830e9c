using ILGPU;

namespace MiniDL.Gpu;

/// <summary>Which thread a kernel runs in.</summary>
internal static class Threads
{
    /// <summary>Threads of a group, unless a kernel says otherwise.</summary>
    public const int Group = 256;

    /// <summary>The number of this thread among all.</summary>
    public static int Index => ILGPU.Grid.IdxX * ILGPU.Group.DimX + ILGPU.Group.IdxX;
}
