using System.Globalization;

namespace MiniDL;

/// <summary>The upper 16 bits of a 32-bit float: its range at 8 bits of precision.</summary>
public readonly record struct BFloat16
{
    readonly ushort bits;

    BFloat16(ushort bits) => this.bits = bits;

    /// <summary>Rounds to the nearest, ties to even; NaN stays NaN.</summary>
    public static explicit operator BFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return new((ushort)(bits >> 16 | 0x40));
        return new((ushort)(bits + 0x7FFF + (bits >> 16 & 1) >> 16));
    }

    /// <summary>The same value, exactly.</summary>
    public static implicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.bits << 16);

    /// <summary>The value as text, culture-invariant.</summary>
    public override string ToString() => ((float)this).ToString(CultureInfo.InvariantCulture);
}
