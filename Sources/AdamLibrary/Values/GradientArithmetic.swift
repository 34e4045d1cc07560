// Arithmetic on the gradients of a model, parameter by parameter: sums over batches, means, clipping.
import AdamIR
import AdamSource

extension TensorArithmetic {
  /// Gradients of one model add and subtract; a number multiplies and divides them.
  func gradients(_ op: ProgramOperator, _ a: Value, _ b: Value, at span: Span) throws(Diagnostic) -> Value {
    switch (a, b, op) {
    case (.record(let x), .record(let y), .add) where a.isGradients && b.isGradients,
      (.record(let x), .record(let y), .subtract) where a.isGradients && b.isGradients:
      return try combined(op, x, y, at: span)
    case (.record(let box), _, .multiply) where b.exactNumber != nil,
      (.record(let box), _, .divide) where b.exactNumber != nil:
      return try mapped(box) { value throws(Diagnostic) in try self.operate(op, value, b, at: span) }
    case (_, .record(let box), .multiply) where a.exactNumber != nil:
      return try mapped(box) { value throws(Diagnostic) in try self.operate(op, a, value, at: span) }
    default:
      throw ValueError.operands(
        op.phrase(a.foundText, b.foundText), at: span,
        helps: [Help.gradients.text])
    }
  }

  private func combined(
    _ op: ProgramOperator, _ a: RecordBox, _ b: RecordBox, at span: Span
  ) throws(Diagnostic) -> Value {
    let isSame = zip(a.fields, b.fields).allSatisfy { one, other in
      one.name == other.name && one.value.asLayer === other.value.asLayer
    }
    guard isSame, a.fields.count == b.fields.count else {
      throw ValueError.operands(op.phrase("gradients of one model", "gradients of another"), at: span)
    }
    var others = b.fields.filter { $0.value.asLayer == nil }.makeIterator()
    return try mapped(a) { value throws(Diagnostic) in
      guard let other = others.next() else { return value }
      return try self.operate(op, value, other.value, at: span)
    }
  }

  /// The model that they are of stays.
  private func mapped(
    _ box: RecordBox, _ body: (Value) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    var fields: [RecordBox.Field] = []
    fields.reserveCapacity(box.fields.count)
    for field in box.fields {
      fields.append(field.value.asLayer == nil ? .init(field.name, try body(field.value)) : field)
    }
    return .record(RecordBox(fields, kind: box.kind))
  }
}

extension Help {
  static let gradients = Help(
    "gradients of one model add, and take a number: `(g1 + g2) / 2`, `g * min(1, 1 / norm(g))`")
}

extension Value {
  /// The gradients alone; nil for everything else.
  var gradientValues: [Value]? {
    guard case .record(let box) = self, isGradients else { return nil }
    return box.fields.map(\.value).filter { $0.asLayer == nil }
  }

  /// What `grad` gives for a model, or a part of it.
  var isGradients: Bool { if case .record(let box) = self { box.kind == RecordBox.gradients } else { false } }
}
