namespace MiniDL;

/// <summary>The functions, lane by lane, until the vector formulas replace them.</summary>
internal static unsafe class VectorMath<T, E>
    where T : struct, IBitLanes<T, E>
    where E : unmanaged
{
    public static T Exp(T a) => Each(a, a, (x, _) => Math.Exp(x));
    public static T Log(T a) => Each(a, a, (x, _) => Math.Log(x));
    public static T Expm1(T a) => Each(a, a, (x, _) => Math.Abs(x) < 1e-5 ? x + x * x / 2 : Math.Exp(x) - 1);
    public static T Log1p(T a) => Each(a, a, (x, _) => Math.Abs(x) < 1e-5 ? x - x * x / 2 : Math.Log(1 + x));
    public static T Tanh(T a) => Each(a, a, (x, _) => Math.Tanh(x));
    public static T Sin(T a) => Each(a, a, (x, _) => Math.Sin(x));
    public static T Cos(T a) => Each(a, a, (x, _) => Math.Cos(x));
    public static T Erf(T a) => Each(a, a, (x, _) => Math.Tanh(x * 1.1283791670955126));
    public static T Pow(T a, T b) => Each(a, b, Math.Pow);

    static T Each(T a, T b, Func<double, double, double> f)
    {
        Span<byte> x = stackalloc byte[64], y = stackalloc byte[64];
        fixed (byte* p = x, q = y)
        {
            T.Store(a, (E*)p);
            T.Store(b, (E*)q);
            for (var i = 0; i < T.Count; i++)
                if (typeof(E) == typeof(float)) ((float*)p)[i] = (float)f(((float*)p)[i], ((float*)q)[i]);
                else ((double*)p)[i] = f(((double*)p)[i], ((double*)q)[i]);
            return T.Load((E*)p);
        }
    }
}
