// Numbers of the data that choose rows of a table (`embedding`) or a class of a prediction: whether each of them
// has its row or class.
import AdamIR
import AdamRuntime
import AdamSource

/// What an input of a function chooses from, as it comes or where it is whole.
struct RowChoice {
  /// The function's parameter, and which of its elements choose.
  let name: String
  fileprivate let elements: ChosenElements
  /// Rows of the table, and where the layer was made; or classes of a loss.
  let count: Int
  let place: Span?
  let isClass: Bool

  /// Throws when a number of this input has no row, before anything is computed of it.
  func check(_ input: Tensor, at span: Span) throws(Diagnostic) {
    let rows = 0..<Double(count)
    for index in 0..<input.elementCount {
      guard let number = input.number(at: index), elements.contains(index, of: input.sizes) else { continue }
      let row = elements.areCut ? number.rounded(.towardZero) : number
      if rows.contains(row), row == row.rounded() { continue }
      if isClass { throw .badLabel(number, classes: count, at: place ?? span) }
      throw .noSuchRow(input, index, number, of: count, table: place, at: span)
    }
  }
}

/// The elements of an input that a value consists of, in order.
private struct ChosenElements {
  private struct Part {
    var axis: Int
    var places: Range<Int>
    var step: Int
  }
  /// At most one an axis, never of the first, which may be cut into batches.
  private var parts: [Part] = []
  /// Seen under other sizes: what is cut out of it now is not followed.
  private var isReshaped = false
  /// What is not whole is gone.
  private var isWhole = false
  /// Made whole by leaving out what is behind the point.
  private(set) var areCut = false

  func contains(_ index: Int, of sizes: [Int]) -> Bool {
    parts.allSatisfy { part in
      let inner = sizes.dropFirst(part.axis + 1).reduce(1, *)
      let place = index / max(1, inner) % max(1, sizes[part.axis])
      return part.places.contains(place) && (place - part.places.lowerBound) % part.step == 0
    }
  }

  var reshaped: ChosenElements { with { $0.isReshaped = true } }
  var whole: ChosenElements { with { $0.isWhole = true } }
  var cut: ChosenElements { isWhole ? self : with { $0.areCut = true } }

  /// nil where it is not followed.
  func sliced(_ attributes: Attributes) -> ChosenElements? {
    guard !isReshaped, let axis = attributes.int("axis"), axis > 0, !parts.contains(where: { $0.axis == axis }),
      let start = attributes.int("start"), let end = attributes.int("end"), start <= end
    else { return nil }
    return with { $0.parts.append(Part(axis: axis, places: start..<end, step: attributes.int("step") ?? 1)) }
  }

  private func with(_ change: (inout ChosenElements) -> Void) -> ChosenElements {
    var copy = self
    change(&copy)
    return copy
  }
}

extension TensorFunction {
  /// What inputs choose. What is computed from them, such as `where(x >= 0, x, 0)`, is not looked at.
  var rowChoices: [RowChoice] {
    guard operations.contains(where: \.chooses) else { return [] }
    return parameters.flatMap { choices(of: $0.value, named: $0.name) }
  }

  private func choices(of value: ValueID, named name: String) -> [RowChoice] {
    var known: [ValueID: ChosenElements] = [value: ChosenElements()]
    // What an embedding asks of real numbers: `where(x == floor(x), x, -1)`.
    var floors: Set<ValueID> = []
    var areWhole: Set<ValueID> = []
    var noRows: Set<ValueID> = []
    var choices: [RowChoice] = []
    for operation in operations {
      let operands = operation.operands
      let (first, second) = (operands.first.flatMap { known[$0] }, operands.dropFirst().first.flatMap { known[$0] })
      let result = operation.results[0]
      switch operation.op {
      case .full where (operation.attributes.float("value") ?? 0) < 0: noRows.insert(result)
      case .cast: known[result] = type(result).element == .i32 ? first?.cut : first
      case .reshape: known[result] = first?.reshaped
      case .slice: known[result] = first?.sliced(operation.attributes)
      case .floor where first != nil: floors.insert(result)
      case .eq where first != nil && floors.contains(operands[1]): areWhole.insert(result)
      case .where where areWhole.contains(operands[0]) && noRows.contains(operands[2]): known[result] = second?.whole
      default:
        guard operation.chooses, let second else { continue }
        // A table of single numbers is a list of classes: `one_hot`.
        let isLoss = operation.op != .indexSelect
        let isClass = isLoss || type(operands[0]).shape.rank == 1
        let axis = isLoss ? type(operands[0]).shape.rank - 1 : operation.attributes.int("axis") ?? 0
        choices += choice(name, second, operation, axis: axis, isClass: isClass)
      }
    }
    return choices
  }

  private func choice(
    _ name: String, _ elements: ChosenElements, _ operation: Operation, axis: Int, isClass: Bool
  ) -> [RowChoice] {
    let dimensions = type(operation.operands[0]).shape.dimensions
    guard dimensions.indices.contains(axis), let count = dimensions[axis].size else { return [] }
    return [RowChoice(name: name, elements: elements, count: count, place: operation.span, isClass: isClass)]
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
      try checkChoices(choices, part.inputs, try targets(of: part, session))
    }
  }

  /// The same for rows at hand.
  func checkChoices(_ choices: [RowChoice], _ inputs: Tensor, _ targets: Tensor?) throws(Diagnostic) {
    for choice in choices {
      if choice.name == "x" { try choice.check(inputs, at: span) }
      if choice.name == "y", let targets { try choice.check(targets, at: span) }
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
