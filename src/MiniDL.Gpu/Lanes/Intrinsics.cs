using System.Reflection;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;

namespace MiniDL.Gpu;

/// <summary>What ILGPU has no name for (the fused multiply-add), or loses on the way: its comparisons let NaN through when it turns them around.</summary>
/// <remarks>Here stands what each becomes in C#, for the simulator; below, what it becomes in PTX and in OpenCL C.</remarks>
internal static class Intrinsics
{
    /// <summary>a·b + c, rounded once.</summary>
    [IntrinsicImplementation]
    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <summary>a·b + c, rounded once.</summary>
    [IntrinsicImplementation]
    public static double Fma(double a, double b, double c) => Math.FusedMultiplyAdd(a, b, c);

    /// <summary>a &gt; b ? yes : no; no when either is NaN.</summary>
    [IntrinsicImplementation]
    public static float IfGreater(float a, float b, float yes, float no) => a > b ? yes : no;

    /// <summary>a &gt; b ? yes : no; no when either is NaN.</summary>
    [IntrinsicImplementation]
    public static double IfGreater(double a, double b, double yes, double no) => a > b ? yes : no;

    /// <summary>a = b ? yes : no; no when either is NaN.</summary>
    [IntrinsicImplementation]
    public static float IfEqual(float a, float b, float yes, float no) => a == b ? yes : no;

    /// <summary>a = b ? yes : no; no when either is NaN.</summary>
    [IntrinsicImplementation]
    public static double IfEqual(double a, double b, double yes, double no) => a == b ? yes : no;

    /// <summary>Tells a context's code generators about them.</summary>
    public static void Register(Context.Builder builder)
    {
        var manager = builder.GetIntrinsicManager();
        foreach (var type in new[] { typeof(float), typeof(double) })
        {
            Register(manager, nameof(Fma), [type, type, type], nameof(FmaPtx), nameof(FmaOpenCL));
            Register(manager, nameof(IfGreater), [type, type, type, type], nameof(IfGreaterPtx), nameof(IfGreaterOpenCL));
            Register(manager, nameof(IfEqual), [type, type, type, type], nameof(IfEqualPtx), nameof(IfEqualOpenCL));
        }
    }

    static void Register(IntrinsicImplementationManager manager, string name, Type[] parameters, string ptx, string openCL)
    {
        const BindingFlags Static = BindingFlags.Static | BindingFlags.NonPublic;
        var method = typeof(Intrinsics).GetMethod(name, parameters)!;
        manager.RegisterMethod(method, new PTXIntrinsic(typeof(Intrinsics).GetMethod(ptx, Static)!, IntrinsicImplementationMode.GenerateCode));
        manager.RegisterMethod(method, new CLIntrinsic(typeof(Intrinsics).GetMethod(openCL, Static)!, IntrinsicImplementationMode.GenerateCode));
    }

    static string Suffix(Value value) => value.BasicValueType == BasicValueType.Float32 ? ".f32" : ".f64";

    static void FmaPtx(PTXBackend backend, PTXCodeGenerator code, Value value)
    {
        var call = (MethodCall)value;
        var (a, b, c) = (code.LoadPrimitive(call[0]), code.LoadPrimitive(call[1]), code.LoadPrimitive(call[2]));
        var y = code.Allocate(call, a.Description);
        using var command = code.BeginCommand("fma.rn" + Suffix(call));
        command.AppendArgument(y);
        command.AppendArgument(a);
        command.AppendArgument(b);
        command.AppendArgument(c);
    }

    static void FmaOpenCL(CLBackend backend, CLCodeGenerator code, Value value)
    {
        var call = (MethodCall)value;
        using var statement = code.BeginStatement(code.Allocate(call));
        statement.AppendCommand("fma");
        statement.BeginArguments();
        for (var i = 0; i < 3; i++) statement.AppendArgument(code.Load(call[i]));
        statement.EndArguments();
    }

    static void IfGreaterPtx(PTXBackend backend, PTXCodeGenerator code, Value value) => SelectPtx(code, (MethodCall)value, "setp.gt", "setp.lt");

    static void IfEqualPtx(PTXBackend backend, PTXCodeGenerator code, Value value) => SelectPtx(code, (MethodCall)value, "setp.eq", "setp.eq");

    static void IfGreaterOpenCL(CLBackend backend, CLCodeGenerator code, Value value) => SelectOpenCL(code, (MethodCall)value, ">");

    static void IfEqualOpenCL(CLBackend backend, CLCodeGenerator code, Value value) => SelectOpenCL(code, (MethodCall)value, "==");

    // A constant may stand on the right side only.
    static void SelectPtx(PTXCodeGenerator code, MethodCall call, string compare, string swapped)
    {
        var (a, b, yes, no) = (code.LoadPrimitive(call[0]), code.LoadPrimitive(call[1]), code.LoadPrimitive(call[2]), code.LoadPrimitive(call[3]));
        var swap = a is PTXRegisterAllocator.ConstantRegister;
        var predicate = code.AllocateRegister(BasicValueType.Int1, PTXRegisterKind.Predicate);
        using (var command = code.BeginCommand((swap ? swapped : compare) + Suffix(call)))
        {
            command.AppendArgument(predicate);
            command.AppendArgument(swap ? b : a);
            command.AppendArgument(swap ? a : b);
        }
        var y = code.Allocate(call, yes.Description);
        using (var command = code.BeginCommand("selp" + Suffix(call)))
        {
            command.AppendArgument(y);
            command.AppendArgument(yes);
            command.AppendArgument(no);
            command.AppendArgument(predicate);
        }
        code.FreeRegister(predicate);
    }

    static void SelectOpenCL(CLCodeGenerator code, MethodCall call, string compare)
    {
        using var statement = code.BeginStatement(code.Allocate(call));
        statement.Append(code.Load(call[0]));
        statement.AppendCommand(compare);
        statement.Append(code.Load(call[1]));
        statement.AppendCommand("?");
        statement.Append(code.Load(call[2]));
        statement.AppendCommand(":");
        statement.Append(code.Load(call[3]));
    }
}
