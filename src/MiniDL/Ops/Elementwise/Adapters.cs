namespace MiniDL;

// The structs between an op file's formula and the backend's Map: what is applied to which operands.

/// <summary>y = f(x).</summary>
internal readonly struct UnaryMap<TOp>(TOp op) : IMapOp where TOp : struct, IFormula
{
    public static int Arity => 1;

    public T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => op.Invoke(a);
}

/// <summary>dx = dy·f′(saved): a is dy, b what was saved.</summary>
internal readonly struct UnaryBackwardMap<TOp>(TOp op) : IMapOp where TOp : struct, IUnaryOp
{
    public static int Arity => 2;

    public T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => a * op.Derivative(b);
}

/// <summary>y = f(a, b).</summary>
internal readonly struct BinaryMap<TOp>(TOp op) : IMapOp where TOp : struct, IBinaryOp
{
    public static int Arity => 2;

    public T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => op.Invoke(a, b);
}

/// <summary>da = dy·∂f/∂a: a is dy, b and c the operands.</summary>
internal readonly struct BinaryBackwardAMap<TOp>(TOp op) : IMapOp where TOp : struct, IBinaryOp
{
    public static int Arity => 3;

    public T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => a * op.DerivativeA(b, c);
}

/// <summary>db = dy·∂f/∂b: a is dy, b and c the operands.</summary>
internal readonly struct BinaryBackwardBMap<TOp>(TOp op) : IMapOp where TOp : struct, IBinaryOp
{
    public static int Arity => 3;

    public T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => a * op.DerivativeB(b, c);
}

/// <summary>y = f(x) on any number type.</summary>
internal readonly struct NumberUnaryMap<TOp>(TOp op) : INumberMapOp where TOp : struct, INumberUnaryOp
{
    public static int Arity => 1;

    public T Invoke<T>(T a, T b, T c) where T : struct, INumberLanes<T> => op.Invoke(a);
}

/// <summary>y = f(a, b) on any number type.</summary>
internal readonly struct NumberBinaryMap<TOp>(TOp op) : INumberMapOp where TOp : struct, INumberBinaryOp
{
    public static int Arity => 2;

    public T Invoke<T>(T a, T b, T c) where T : struct, INumberLanes<T> => op.Invoke(a, b);
}

/// <summary>An op that integers have too, on floats.</summary>
internal readonly struct FloatUnary<TOp>(TOp op) : IUnaryOp where TOp : struct, INumberUnaryOp
{
    public static string Name => TOp.Name;

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => op.Invoke(x);

    public T Derivative<T>(T saved) where T : struct, ILanes<T> => op.Derivative(saved);
}

/// <summary>An op of two operands that integers have too, on floats.</summary>
internal readonly struct FloatBinary<TOp>(TOp op) : IBinaryOp where TOp : struct, INumberBinaryOp
{
    public static string Name => TOp.Name;

    public T Invoke<T>(T a, T b) where T : struct, ILanes<T> => op.Invoke(a, b);

    public T DerivativeA<T>(T a, T b) where T : struct, ILanes<T> => op.DerivativeA(a, b);

    public T DerivativeB<T>(T a, T b) where T : struct, ILanes<T> => op.DerivativeB(a, b);
}

/// <summary>A user's formula: its derivative comes by dual numbers.</summary>
internal readonly struct FormulaOp<TFormula>(TFormula formula) : IUnaryOp where TFormula : struct, IFormula
{
    public static string Name => typeof(TFormula).Name;

    public static Saves Saves => Saves.Input;

    public T Invoke<T>(T x) where T : struct, ILanes<T> => formula.Invoke(x);

    public T Derivative<T>(T saved) where T : struct, ILanes<T> => formula.Invoke(new Dual<T>(saved, T.Of(1))).Slope;
}

/// <summary>A constant in every element.</summary>
internal readonly struct ConstantMap(Number value) : INumberMapOp
{
    public static int Arity => 0;

    public T Invoke<T>(T a, T b, T c) where T : struct, INumberLanes<T> => T.Of(value);
}
