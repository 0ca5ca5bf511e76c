namespace Keepsake.Server.Ownership;

/// <summary>Turns away what asks an owner's stores after it was told that they are opened anew: it comes again, and is answered by the new ones.</summary>
/// <remarks>Without it a call made after the answer to a restore, or to an import of keys, could still be answered by what was there before.</remarks>
internal sealed class OwnerGate
{
    private volatile bool _isClosed;

    /// <summary>Lets nothing more in. What is in goes on.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Lets a request in, or ends its connection, which says to its sender that this owner is gone.</summary>
    public Task EnterAsync(HttpContext context, RequestDelegate next)
    {
        if (!_isClosed)
        {
            return next(context);
        }

        context.Abort();
        return Task.CompletedTask;
    }
}
