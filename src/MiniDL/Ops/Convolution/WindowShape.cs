namespace MiniDL;

/// <summary>Sizes of sliding windows over N C H W images: shared by convolution and pooling, CPU and GPU.</summary>
public readonly record struct WindowShape(
    int N, int C, int H, int W, int KernelH, int KernelW, int StrideH, int StrideW, int PadTop, int PadLeft, int DilationH, int DilationW, int OutH, int OutW)
{
    /// <summary>The row of the image under row <paramref name="k"/> of the kernel for output row <paramref name="o"/>; outside 0…H−1 it is padding.</summary>
    public int SourceH(int o, int k) => o * StrideH - PadTop + k * DilationH;

    /// <summary>The column of the image under column <paramref name="k"/> of the kernel for output column <paramref name="o"/>.</summary>
    public int SourceW(int o, int k) => o * StrideW - PadLeft + k * DilationW;
}
