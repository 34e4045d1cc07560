// What ops are applied to. A script's function is traced by running it on values that have a type and
// no numbers: every op on one appends an operation to the function being made.
import AdamIR
import AdamRuntime
import AdamSource

/// A value of a function that is being traced.
package final class TracedTensor {
  package let tracer: ModelTracer
  package let value: ValueID
  package init(_ tracer: ModelTracer, _ value: ValueID) {
    self.tracer = tracer
    self.value = value
  }
  package var type: TensorType { tracer.function.type(value) }
}

package enum Operand {
  case tensor(Tensor)
  case traced(TracedTensor)

  package var type: TensorType {
    switch self {
    case .tensor(let tensor): tensor.type
    case .traced(let traced): traced.type
    }
  }

  package var shape: Shape { type.shape }

  /// Marks the first axis as rows if the other's first axis runs over rows.
  func keepRows(of other: Operand) {
    switch (self, other) {
    case (.tensor(let result), .tensor(let tensor)): if tensor.batchAxis == 0 { result.batchAxis = 0 }
    case (.traced(let result), .traced(let traced)):
      if result.tracer.hasRows(traced.value) { result.tracer.rowSources.insert(result.value) }
    default: break
    }
  }
}

extension ModelTracer {
  /// Whether the first axis runs over rows.
  fileprivate func hasRows(_ value: ValueID) -> Bool {
    batchPlaces.place(of: value, in: function, rowSources) == function.type(value).shape.rank
  }

  /// The value that stands for an operand in this function: numbers at hand become a constant, or an
  /// input that is bound when the plan runs.
  package func value(of operand: Operand, at span: Span?) throws(Diagnostic) -> ValueID {
    switch operand {
    case .traced(let traced):
      guard traced.tracer === self else { throw .leavesTrace(at: span) }
      return traced.value
    case .tensor(let tensor): return try captured(tensor, at: span)
    }
  }

  /// Appends an op with one result.
  package func apply(
    _ op: OpDefinition, _ operands: [Operand], _ attributes: Attributes, at span: Span
  ) throws(Diagnostic) -> TracedTensor {
    var ids: [ValueID] = []
    for operand in operands { ids.append(try value(of: operand, at: span)) }
    try checkSides(op, ids, at: span)
    do throws(ShapeError) {
      return TracedTensor(self, try function.emit(op, ids, attributes, span: span))
    } catch {
      throw ValueError.shapes(error, at: span)
    }
  }
}

extension Value {
  /// Throws for a traced tensor, which has no numbers to show.
  package func requireNumbers(at span: Span) throws(Diagnostic) {
    if case .traced = self { throw .tracedPrint(at: span) }
  }
}

extension Diagnostic {
  static func insideTrace(_ what: String, at span: Span) -> Diagnostic {
    Diagnostic(.tracedValue, "a function that is being compiled or differentiated cannot \(what)", at: span)
  }

  static func leavesTrace(at span: Span?) -> Diagnostic {
    var diagnostic = Diagnostic(
      .tracedValue, "this tensor belongs to a step that is compiled, and has no numbers here", at: span)
    diagnostic.notes = ["a function compiled into a step cannot keep its tensors in outer variables"]
    return diagnostic
  }

  /// A branch by the numbers of a traced tensor.
  package static func tracedCondition(at span: Span) -> Diagnostic {
    .tracedNumbers("a condition on a tensor", at: span, help: "choose by element: `where(condition, a, b)`")
  }

  /// A traced tensor was to be written out.
  package static func tracedPrint(at span: Span) -> Diagnostic {
    .tracedNumbers(
      "a tensor is printed", at: span,
      help: "print it in an `on step` or `on epoch` block, or print its `.shape` here")
  }

  /// Numbers of a traced tensor were asked for.
  package static func tracedNumbers(_ what: String, at span: Span, help: String) -> Diagnostic {
    var diagnostic = Diagnostic(
      .tracedValue, "\(what) while the step is compiled: the tensor has no numbers yet", at: span)
    diagnostic.helps = [Help(help)]
    return diagnostic
  }
}

extension DiagnosticCode {
  package static let tracedValue = DiagnosticCode("E0306")
}
