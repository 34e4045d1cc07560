// Functions as layers and losses in the checker: types go in, a type comes out.
import AdamIR
import AdamLibrary
import AdamSource

extension CheckEngine: FunctionTracer {
  var isTracing: Bool { traceDepth > 0 || gradientDepth > 0 }

  func solved(_ size: Int, at span: Span) {
    if let known = session.solvedSizes[span], known != size { return }
    session.solvedSizes[span] = size
  }

  func trace(
    _ function: LayerFunction, _ inputs: [ValueID?], in tracer: ModelTracer, at span: Span
  ) throws(Diagnostic) -> ValueID {
    // A loss that evaluates itself would be followed for ever.
    guard traceDepth < 8 else { throw .shapeUnknown(at: span) }
    traceDepth += 1
    defer { traceDepth -= 1 }
    let callee: AbstractValue =
      switch function {
      case .abstract(let function): .function(function)
      case .closure(let closure): .known(.function(closure))
      case .builtin(let builtin): .known(.builtin(builtin))
      }
    let values = inputs.map { input -> AbstractValue in
      input.map { .tensor(tracer.function.type($0)) } ?? .known(.none)
    }
    let result = call(callee, values, at: span)
    switch result.kindOfValue {
    case .tensor(let type): return tracer.opaque(type, at: span)
    // Whatever is computed from tensors is a tensor here.
    case .number:
      do throws(ShapeError) { return try tracer.function.constant(0, span: span) } catch {
        throw .shapeUnknown(at: span)
      }
    case .tuple, .string, .none, .bool, .function, .layer, .optimizer, .data, .hook:
      throw .notNumbers(result.foundText, from: function.place, at: span)
    default: throw .shapeUnknown(at: span)
    }
  }
}
