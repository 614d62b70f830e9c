namespace MiniDL;

/// <summary>A formula y = f(x), written once: it runs on every SIMD width, on GPUs, and has gradients of every order.</summary>
/// <example>
/// <code>
/// public readonly struct Gaussian(float a) : IFormula
/// {
///     public T Invoke&lt;T&gt;(T x) where T : struct, ILanes&lt;T&gt; => T.Exp(T.Of(-a) * x * x);
/// }
/// var y = x.Apply(new Gaussian(0.5f));
/// </code>
/// </example>
public interface IFormula
{
    /// <summary>The formula.</summary>
    T Invoke<T>(T x) where T : struct, ILanes<T>;
}

/// <summary>What a unary op's derivative is a formula of.</summary>
internal enum Saves
{
    /// <summary>The operand.</summary>
    Input,

    /// <summary>The result: then the operand need not be kept.</summary>
    Output,
}

/// <summary>An elementwise op y = f(x) with its derivative.</summary>
internal interface IUnaryOp : IFormula
{
    /// <summary>The op's name in messages.</summary>
    static abstract string Name { get; }

    /// <summary>Whether <see cref="Derivative"/> takes x or y.</summary>
    static abstract Saves Saves { get; }

    /// <summary>dy/dx as a formula of the one operand that is saved, so that an author cannot read the other.</summary>
    T Derivative<T>(T saved) where T : struct, ILanes<T>;
}

/// <summary>An elementwise op y = f(a, b) with its derivatives.</summary>
internal interface IBinaryOp
{
    /// <summary>The op's name in messages.</summary>
    static abstract string Name { get; }

    /// <summary>The formula.</summary>
    T Invoke<T>(T a, T b) where T : struct, ILanes<T>;

    /// <summary>dy/da.</summary>
    T DerivativeA<T>(T a, T b) where T : struct, ILanes<T>;

    /// <summary>dy/db.</summary>
    T DerivativeB<T>(T a, T b) where T : struct, ILanes<T>;
}

/// <summary>An elementwise op that integers have too.</summary>
internal interface INumberUnaryOp
{
    /// <inheritdoc cref="IUnaryOp.Name"/>
    static abstract string Name { get; }

    /// <summary>The formula.</summary>
    T Invoke<T>(T x) where T : struct, INumberLanes<T>;

    /// <summary>dy/dx as a formula of x.</summary>
    T Derivative<T>(T x) where T : struct, ILanes<T>;
}

/// <summary>An elementwise op of two operands that integers have too.</summary>
internal interface INumberBinaryOp
{
    /// <inheritdoc cref="IBinaryOp.Name"/>
    static abstract string Name { get; }

    /// <summary>The formula.</summary>
    T Invoke<T>(T a, T b) where T : struct, INumberLanes<T>;

    /// <inheritdoc cref="IBinaryOp.DerivativeA"/>
    T DerivativeA<T>(T a, T b) where T : struct, ILanes<T>;

    /// <inheritdoc cref="IBinaryOp.DerivativeB"/>
    T DerivativeB<T>(T a, T b) where T : struct, ILanes<T>;
}
