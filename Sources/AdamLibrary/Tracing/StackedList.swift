// Lists as tensors while a function is traced: a list that holds something traced becomes its elements side
// by side along a new first axis, as a list of numbers becomes a tensor.
import AdamIR
import AdamRuntime
import AdamSource

extension Value {
  /// Whether it is a list or tuple, at any depth, of something that has no numbers yet.
  package var holdsTraced: Bool {
    switch self {
    case .traced, .parameter: true
    case .list(let box): box.elements.contains(where: \.holdsTraced)
    case .tuple(let box): box.elements.contains(where: \.holdsTraced)
    default: false
    }
  }
}

extension TensorArithmetic {
  /// `[..]` n times -> `[n, ..]`, f32. Elements of different shapes are refused.
  func stacked(_ elements: [Value], at span: Span) throws(Diagnostic) -> Operand {
    var rows: [Operand] = []
    for element in elements { rows.append(try row(element, at: span)) }
    guard let first = rows.first, rows.allSatisfy({ $0.shape == first.shape }) else {
      throw ValueError.ragged(at: span)
    }
    return try apply(.concat, rows, ["axis": .int(0)].attributes, at: span)
  }

  /// `[..]` -> `[1, ..]`
  private func row(_ value: Value, at span: Span) throws(Diagnostic) -> Operand {
    var operand = try element(value, at: span)
    if case .tensor = operand, operand.shape.rank == 0, let tracer = session.tracer {
      // A number is a constant of the function and not one of its inputs.
      operand = .traced(TracedTensor(tracer, try tracer.value(of: operand, at: span)))
    }
    return try operand.reshaped(to: [1] + operand.sizes(at: span), at: span)
  }

  /// Truths count as 0 and 1, as in lists of them.
  private func element(_ value: Value, at span: Span) throws(Diagnostic) -> Operand {
    if let flag = value.exactBool { return .tensor(try scalar(flag ? 1 : 0, at: span)) }
    return try real(value, at: span)
  }
}
