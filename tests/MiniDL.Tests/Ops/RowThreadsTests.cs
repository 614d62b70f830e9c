namespace MiniDL.Tests;

[Collection(nameof(Serial))]
public class RowThreadsTests
{
    /// <summary>Kernels over rows and channels, with gradients, large enough for several chunks.</summary>
    public static readonly TheoryData<string> Ops = new("softmax", "columns", "cross-entropy", "layer norm", "batch norm", "batch norm of vectors", "linear");

    static (Tensor Y, Tensor[] Dx) Run(string op)
    {
        Tensor F(int[] shape, int seed = 0) => Given.Of(shape, seed, DType.Float32);
        return op switch
        {
            "softmax" => Given.Gradients(FusedKernels.Required, x => x[0].Softmax(1), F([300, 200])),
            "columns" => Given.Gradients(FusedKernels.Required, x => x[0].LogSoftmax(0), F([200, 300])),
            "cross-entropy" => Given.Gradients(FusedKernels.Required, x => Loss.CrossEntropy(x[0], Tensor.Zeros([300], DType.Int64), reduction: LossReduction.None), F([300, 200])),
            "layer norm" => Given.Gradients(FusedKernels.Required, x => x[0].LayerNorm([200], x[1], x[2]), F([300, 200]), F([200], 1), F([200], 2)),
            "batch norm" => Given.Gradients(FusedKernels.Required, x => x[0].BatchNorm(null, null, x[1], x[2], training: true), F([20, 9, 400]), F([9], 1), F([9], 2)),
            "batch norm of vectors" => Given.Gradients(FusedKernels.Required, x => x[0].BatchNorm(null, null, x[1], x[2], training: true), F([300, 200]), F([200], 1), F([200], 2)),
            _ => Given.Gradients(FusedKernels.Required, x => x[0].Linear(x[1], x[2], Activation.Tanh), F([300, 200]), F([200, 200], 1), F([200], 2)),
        };
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void TheSameBitsWithAnyNumberOfThreads(string op)
    {
        var before = WorkerPool.Threads;
        try
        {
            WorkerPool.Threads = 1;
            var (y, dx) = Run(op);
            foreach (var threads in new[] { 2, 3 })
            {
                WorkerPool.Threads = threads;
                var (otherY, otherDx) = Run(op);
                Assert.Equal(y.ToArray<float>(), otherY.ToArray<float>());
                for (var i = 0; i < dx.Length; i++) Assert.Equal(dx[i].ToArray<float>(), otherDx[i].ToArray<float>());
            }
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }
}
