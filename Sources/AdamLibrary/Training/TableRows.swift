// Numbers of the data that choose rows of a table (`embedding`) or a class of a prediction: whether each of them
// has its row or class.
import AdamIR
import AdamRuntime
import AdamSource

/// What an input of a function chooses from, as it comes or where it is whole.
struct RowChoice {
  /// The function's parameter.
  let name: String
  /// Rows of the table, and where the layer was made; or classes of a loss.
  let count: Int
  let place: Span?
  let isClass: Bool

  /// Throws when a number of this input has no row, before anything is computed of it.
  func check(_ input: Tensor, at span: Span) throws(Diagnostic) {
    let rows = 0..<Double(count)
    for index in 0..<input.elementCount {
      guard let number = input.number(at: index), !rows.contains(number) || number != number.rounded() else { continue }
      if isClass { throw .badLabel(number, classes: count, at: place ?? span) }
      throw .noSuchRow(input, index, number, of: count, table: place, at: span)
    }
  }
}

extension TensorFunction {
  /// What inputs choose. What is computed from them, such as `where(x >= 0, x, 0)`, is not looked at.
  var rowChoices: [RowChoice] {
    guard operations.contains(where: \.chooses) else { return [] }
    return parameters.flatMap { choices(of: $0.value, named: $0.name) }
  }

  private func choices(of value: ValueID, named name: String) -> [RowChoice] {
    var same: Set<ValueID> = [value]
    // What an embedding asks of real numbers: `x == floor(x)`.
    var floors: Set<ValueID> = []
    var isWhole: Set<ValueID> = []
    var choices: [RowChoice] = []
    for operation in operations {
      let operands = operation.operands
      switch operation.op {
      case .cast where same.contains(operands[0]), .reshape where same.contains(operands[0]):
        same.formUnion(operation.results)
      case .floor where same.contains(operands[0]): floors.formUnion(operation.results)
      case .eq where same.contains(operands[0]) && floors.contains(operands[1]): isWhole.formUnion(operation.results)
      case .where where isWhole.contains(operands[0]) && same.contains(operands[1]): same.formUnion(operation.results)
      case .indexSelect where same.contains(operands[1]):
        choices += choice(name, operation, axis: operation.attributes.int("axis") ?? 0, isClass: false)
      case .nllLoss where same.contains(operands[1]), .crossEntropyLoss where same.contains(operands[1]):
        choices += choice(name, operation, axis: type(operands[0]).shape.rank - 1, isClass: true)
      default: continue
      }
    }
    return choices
  }

  private func choice(_ name: String, _ operation: Operation, axis: Int, isClass: Bool) -> [RowChoice] {
    let dimensions = type(operation.operands[0]).shape.dimensions
    guard dimensions.indices.contains(axis), let count = dimensions[axis].size else { return [] }
    return [RowChoice(name: name, count: count, place: operation.span, isClass: isClass)]
  }
}

extension Operation {
  fileprivate var chooses: Bool { op == .indexSelect || op == .nllLoss || op == .crossEntropyLoss }
}

extension TrainingRequest {
  /// Throws when a number of the data, that of validation as well, chooses what is not there.
  func checkChoices(_ choices: [RowChoice], _ session: SessionState) throws(Diagnostic) {
    if choices.isEmpty { return }
    for part in [data, validation].compactMap(\.self) {
      let targets = try self.targets(of: part, session)
      for choice in choices {
        if choice.name == "x" { try choice.check(part.inputs, at: span) }
        if choice.name == "y", let targets { try choice.check(targets, at: span) }
      }
    }
  }
}

extension Plan {
  /// Throws when a number that is bound to an input has no row.
  func checkRows(_ choices: [RowChoice], at span: Span) throws(Diagnostic) {
    for choice in choices {
      if let tensor = parameterIndex(choice.name).flatMap(parameter) { try choice.check(tensor, at: span) }
    }
  }
}

extension Diagnostic {
  /// E0209.
  fileprivate static func noSuchRow(
    _ inputs: Tensor, _ offset: Int, _ number: Double, of count: Int, table: Span?, at span: Span
  ) -> Diagnostic {
    let number = messageText(number)
    let width = max(1, inputs.sizes.dropFirst().reduce(1, *))
    let place = inputs.sizes.count > 1 ? "row \(offset / width) of the input holds \(number)" : "the input holds \(number)"
    var found = Diagnostic(
      .runIndex, "\(place), and rows are chosen by whole numbers from 0 to \(count - 1)", at: span)
    if let table { found.labels = [Label(table, "a table of \(count) rows")] }
    return found
  }
}
