using MiniDL;
using MiniDL.Data;
using MiniDL.NN;

namespace Quickstart;

/// <summary>How good is a model on images it has not seen?</summary>
internal static class Evaluation
{
    const int Batch = 1000;

    /// <summary>The class that the model, which lies on a device, finds most likely for each image.</summary>
    public static Tensor Predict(Layer model, Dataset data, Device device)
    {
        using var scope = model.Inference();
        var classes = new List<Tensor>();
        foreach (var (x, _) in new DataLoader(data, batchSize: Batch, device: device)) classes.Add(model.Forward(x).ArgMax(dim: 1));
        return Tensor.Cat([.. classes], 0).To(Device.Cpu);
    }

    /// <summary>The share of images whose class the model finds.</summary>
    public static double Accuracy(Layer model, Dataset data, Device device) => (Predict(model, data, device) == data.All().Y).Mean().Item();

    /// <summary>The accuracy of giving each image the class of the training image nearest to it: what a model has to beat.</summary>
    public static double NearestNeighbour(Dataset train, Dataset test)
    {
        var (known, classes) = train.All();
        var points = known.Reshape(known.Size(0), -1);
        var lengths = points.Square().Sum(1);
        double right = 0;
        foreach (var (x, y) in new DataLoader(test, batchSize: 200))
        {
            // |x − p|² = |x|² − 2x·p + |p|²; |x|² is the same for every p.
            var distance = lengths - 2 * x.Reshape(x.Size(0), -1).MatMul(points.T());
            var nearest = distance.ArgMin(dim: 1);
            right += (classes.IndexSelect(0, nearest) == y).Sum().Item();
        }
        return right / test.Count;
    }
}
