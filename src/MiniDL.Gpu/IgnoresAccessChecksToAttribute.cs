namespace System.Runtime.CompilerServices;

/// <summary>The assembly that bears it may use what another one keeps to itself. .NET knows it by this name.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    /// <summary>The other assembly.</summary>
    public string AssemblyName { get; } = assemblyName;
}
