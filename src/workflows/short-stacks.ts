/**
 * Frames of a stack trace in workflow code. The SDK notes the call stack of every promise that a workflow makes, mapped to
 * the sources: with the usual ten that was half of what a workflow task computed. Two of these are the SDK's own.
 */
const FRAMES = 3;

// Of this sandbox alone. Where modules are evaluated for each workflow it is frozen by then, and stays as it was.
Reflect.set(Error, 'stackTraceLimit', FRAMES);
