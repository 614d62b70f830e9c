namespace MiniDL.Gpu;

/// <summary>Numbers as integers by truncation; what is out of range goes to the nearest, NaN to 0, on every device.</summary>
internal static class Saturated
{
    const float Top32 = 2147483648, Top64 = 9223372036854775808;

    public static int Int32(float x) => float.IsNaN(x) ? 0 : x >= Top32 ? int.MaxValue : x > -Top32 ? (int)x : int.MinValue;

    public static int Int32(double x) => double.IsNaN(x) ? 0 : x >= (double)Top32 ? int.MaxValue : x > -(double)Top32 ? (int)x : int.MinValue;

    public static int Int32(long x) => x > int.MaxValue ? int.MaxValue : x < int.MinValue ? int.MinValue : (int)x;

    public static long Int64(float x) => float.IsNaN(x) ? 0 : x >= Top64 ? long.MaxValue : x > -Top64 ? (long)x : long.MinValue;

    public static long Int64(double x) => double.IsNaN(x) ? 0 : x >= (double)Top64 ? long.MaxValue : x > -(double)Top64 ? (long)x : long.MinValue;
}
