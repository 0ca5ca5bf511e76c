using System.Reflection;

namespace Keepsake.Tests.Mcp;

/// <summary>A memory that answers every call in one way: never, or with a failure.</summary>
public class StubMemory : DispatchProxy
{
    private Func<Exception>? _failure;

    public static IMemory ThatHangs() => Create<IMemory, StubMemory>();

    public static IMemory ThatFails(Func<Exception> failure)
    {
        var memory = Create<IMemory, StubMemory>();
        ((StubMemory)(object)memory)._failure = failure;
        return memory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (_failure is not null)
        {
            throw _failure();
        }

        var source = typeof(TaskCompletionSource<>).MakeGenericType(targetMethod!.ReturnType.GenericTypeArguments[0]);
        return source.GetProperty("Task")!.GetValue(Activator.CreateInstance(source));
    }
}
