// Tracing: a function of the script runs once on values without numbers, and every op it does becomes
// an operation of the function being made.
import AdamIR
import AdamLibrary
import AdamSource

extension Interpreter: FunctionTracer {
  package func solved(_ size: Int, at span: Span) {}

  package func trace(
    _ function: LayerFunction, _ inputs: [ValueID?], in tracer: ModelTracer, at span: Span
  ) throws(Diagnostic) -> ValueID {
    let outer = session.tracer
    session.tracer = tracer
    defer { session.tracer = outer }
    let values = inputs.map { $0.map { tracer.unbundled($0) } ?? .none }
    let result: Value
    switch function {
    case .closure(let closure): result = try call(.function(closure), values, at: span)
    case .builtin(let builtin): result = try call(.builtin(builtin), values, at: span)
    case .abstract: throw .shapeUnknown(at: span)
    }
    if result.isGivenStructure { return try tracer.bundled(result, at: span) }
    return try tracer.value(of: try tensors.operand(result, at: span), at: span)
  }
}
