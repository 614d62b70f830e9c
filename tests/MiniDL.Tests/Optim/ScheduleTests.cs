using MiniDL.NN;
using MiniDL.Optim;

namespace MiniDL.Tests.Optim;

/// <summary>Schedules against their formulas.</summary>
public sealed class ScheduleTests
{
    static Optimizer Build(double lr = 0.4) => new Adam([new Parameter(Tensor.Ones(1))], lr);

    static double[] Rates(Schedule schedule, int count)
    {
        var rates = new double[count];
        for (var i = 0; i < count; i++)
        {
            rates[i] = schedule.Optimizer.Lr;
            schedule.Step();
        }
        return rates;
    }

    static void Close(double[] expected, double[] actual)
    {
        foreach (var (e, a) in expected.Zip(actual)) Assert.Equal(e, a, 12);
    }

    [Fact]
    public void Staircases()
    {
        Close([0.4, 0.4, 0.2, 0.2, 0.1], Rates(new StepDecay(Build(), 2, 0.5), 5));
        Close([0.4, 0.2, 0.2, 0.1, 0.1], Rates(new MultiStepDecay(Build(), [1, 3], 0.5), 5));
        Close([0.4, 0.2, 0.1], Rates(new ExponentialDecay(Build(), 0.5), 3));
    }

    [Fact]
    public void CosineGoesDownAndUpAgain() => Close([0.4, 0.25, 0.1, 0.25, 0.4], Rates(new CosineDecay(Build(), 2, minLr: 0.1), 5));

    [Fact]
    public void LinesGoUpAndDown()
    {
        Close([0.1, 0.25, 0.4, 0.4], Rates(new LinearRamp(Build(), startFactor: 0.25, steps: 2), 4));
        Close([0.4, 0.25, 0.1, 0.1], Rates(new LinearRamp(Build(), 1, 0.25, 2), 4));
    }

    [Fact]
    public void OneCycleMovesMomentumTheOtherWay()
    {
        var optimizer = Build();
        var schedule = new OneCycle(optimizer, maxLr: 1, totalSteps: 10, linear: true, pctStart: 0.5);
        Assert.Equal((0.04, 0.95), (optimizer.Lr, optimizer.Groups[0].Beta1));
        for (var i = 0; i < 4; i++) schedule.Step();
        Assert.Equal(1, optimizer.Lr, 12);
        Assert.Equal(0.85, optimizer.Groups[0].Beta1, 12);
        for (var i = 4; i < 9; i++) schedule.Step();
        Assert.Equal(0.04 / 1e4, optimizer.Lr, 12);
        Assert.Equal(0.95, optimizer.Groups[0].Beta1, 12);
        schedule.Step();
        Assert.Equal("OneCycle: step 11 is beyond totalSteps 10", Assert.Throws<InvalidOperationException>(schedule.Step).Message);
        Assert.Equal(10, schedule.StepCount);
    }

    [Fact]
    public void OneCycleNeedsMomentum()
        => Assert.StartsWith("OneCycle: Adagrad has no momentum to cycle; pass cycleMomentum: false",
            Assert.Throws<ArgumentException>(() => new OneCycle(new Adagrad([new Parameter(Tensor.Ones(1))]), 1, 10)).Message, StringComparison.Ordinal);

    [Fact]
    public void EachGroupHasItsOwnCourse()
    {
        var optimizer = new Sgd([new ParameterGroup([new(Tensor.Ones(1))]) { Lr = 1 }, new ParameterGroup([new(Tensor.Ones(1))])], lr: 0.5);
        new ExponentialDecay(optimizer, 0.5).Step();
        Assert.Equal((0.5, 0.25), (optimizer.Groups[0].Lr, optimizer.Groups[1].Lr));
    }

    [Fact]
    public void AStateGoesOn()
    {
        var (a, b) = (new CosineDecay(Build(), 10), new CosineDecay(Build(lr: 0.1), 10));
        for (var i = 0; i < 4; i++) a.Step();
        b.LoadStateDict(a.StateDict());
        Assert.Equal(Rates(a, 5), Rates(b, 5));
    }
}
