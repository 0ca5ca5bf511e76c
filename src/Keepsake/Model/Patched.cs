namespace Keepsake;

/// <summary>A new value, or none: tells an absent member of a patch from one that is <c>null</c>.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly record struct Patched<T>
{
    private readonly T _value;

    /// <summary>Makes a change to a value.</summary>
    public Patched(T value)
    {
        _value = value;
        IsSet = true;
    }

    /// <summary>Gets whether the value is to change.</summary>
    public bool IsSet { get; }

    /// <summary>The new value, or the old one where nothing is to change.</summary>
    public T Or(T old) => IsSet ? _value : old;

#pragma warning disable CA2225 // The constructor is the named alternate.
    /// <summary>Makes a change to a value.</summary>
    public static implicit operator Patched<T>(T value) => new(value);
#pragma warning restore CA2225
}
