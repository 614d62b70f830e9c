namespace MiniDL.Tests;

/// <summary>A function over lanes of any width, by name.</summary>
static unsafe class LaneFunctions
{
    interface IFunction
    {
        static abstract T Of<T>(T a, T b) where T : struct, ILanes<T>;
    }

    struct Exp : IFunction { public static T Of<T>(T a, T b) where T : struct, ILanes<T> => T.Exp(a); }
    struct Log : IFunction { public static T Of<T>(T a, T b) where T : struct, ILanes<T> => T.Log(a); }
    struct Expm1 : IFunction { public static T Of<T>(T a, T b) where T : struct, ILanes<T> => T.Expm1(a); }
    struct Log1p : IFunction { public static T Of<T>(T a, T b) where T : struct, ILanes<T> => T.Log1p(a); }
    struct Tanh : IFunction { public static T Of<T>(T a, T b) where T : struct, ILanes<T> => T.Tanh(a); }
    struct Sin : IFunction { public static T Of<T>(T a, T b) where T : struct, ILanes<T> => T.Sin(a); }
    struct Cos : IFunction { public static T Of<T>(T a, T b) where T : struct, ILanes<T> => T.Cos(a); }
    struct Erf : IFunction { public static T Of<T>(T a, T b) where T : struct, ILanes<T> => T.Erf(a); }
    struct Pow : IFunction { public static T Of<T>(T a, T b) where T : struct, ILanes<T> => T.Pow(a, b); }
    struct Min : IFunction { public static T Of<T>(T a, T b) where T : struct, ILanes<T> => T.Min(a, b); }
    struct Max : IFunction { public static T Of<T>(T a, T b) where T : struct, ILanes<T> => T.Max(a, b); }
    struct Arithmetic : IFunction
    {
        public static T Of<T>(T a, T b) where T : struct, ILanes<T> =>
            T.IfGreater(a, b, T.Fma(a, b, T.Floor(a)) - T.Sqrt(T.Abs(b)), T.Of(0.1) / a + -b * T.Of(3));
    }

    /// <summary>The functions of the library's own mathematics.</summary>
    public static readonly string[] Mathematics = ["exp", "log", "expm1", "log1p", "tanh", "sin", "cos", "erf", "pow"];

    /// <summary>These and the simpler ones.</summary>
    public static readonly string[] All = [.. Mathematics, "min", "max", "arithmetic"];

    /// <summary>y[i] = function(a[i], b[i]) with registers of type <typeparamref name="T"/>.</summary>
    public static E[] Map<T, E>(string function, E[] a, E[] b)
        where T : struct, IVectorLanes<T, E>
        where E : unmanaged => function switch
        {
            "exp" => Map<T, E, Exp>(a, b),
            "log" => Map<T, E, Log>(a, b),
            "expm1" => Map<T, E, Expm1>(a, b),
            "log1p" => Map<T, E, Log1p>(a, b),
            "tanh" => Map<T, E, Tanh>(a, b),
            "sin" => Map<T, E, Sin>(a, b),
            "cos" => Map<T, E, Cos>(a, b),
            "erf" => Map<T, E, Erf>(a, b),
            "pow" => Map<T, E, Pow>(a, b),
            "min" => Map<T, E, Min>(a, b),
            "max" => Map<T, E, Max>(a, b),
            "arithmetic" => Map<T, E, Arithmetic>(a, b),
            _ => throw new ArgumentOutOfRangeException(nameof(function), function, null),
        };

    static E[] Map<T, E, TFunction>(E[] a, E[] b)
        where T : struct, IVectorLanes<T, E>
        where E : unmanaged
        where TFunction : IFunction
    {
        var y = new E[a.Length];
        fixed (E* pa = a, pb = b, py = y)
        {
            var i = 0;
            for (; i <= a.Length - T.Count; i += T.Count) T.Store(TFunction.Of(T.Load(pa + i), T.Load(pb + i)), py + i);
            var rest = a.Length - i;
            if (rest > 0) Widths.StorePartial<T, E>(TFunction.Of(Widths.LoadPartial<T, E>(pa + i, rest), Widths.LoadPartial<T, E>(pb + i, rest)), py + i, rest);
        }
        return y;
    }
}
