// Formulas that passes look for: operations that lead to a value, written as the formula is.
import AdamIR

indirect enum OperationPattern: Sendable {
  /// Any value; the same one wherever the name stands.
  case any(String)
  /// A value that is made so; the same one wherever the name stands.
  case named(String, OperationPattern)
  /// A rank-0 constant; the same number wherever the name stands.
  case number(String)
  case made(OpDefinition, [OperationPattern])
  /// Divided by the number of this name, or times its inverse: of powers of two simplify makes that.
  case divided(OperationPattern, by: String)
  /// The sum or mean of rows along the last axis, which becomes 1.
  case rows(OpDefinition, OperationPattern)
}

/// What a pattern has found. `numbers` and `values` by the names in the pattern.
struct PatternMatch {
  private let function: TensorFunction
  private let uses: ValueUses
  private(set) var values: [String: ValueID] = [:]
  private(set) var numbers: [String: Double] = [:]
  /// The operations that it is made of.
  private(set) var members: Set<Int> = []

  /// nil when the operation is not the last one of the pattern.
  init?(_ pattern: OperationPattern, endingAt index: Int, _ function: TensorFunction, _ uses: ValueUses) {
    self.function = function
    self.uses = uses
    guard let result = function.operations[index].results.first, matches(pattern, result) else { return nil }
  }

  /// Nothing else needs what the operations make, beside the last result and the values of these names.
  func isClosed(_ last: Int, but names: [String] = []) -> Bool {
    let exposed = names.compactMap { values[$0] }
    return members.subtracting([last]).allSatisfy { member in
      function.operations[member].results.allSatisfy { value in
        exposed.contains(value)
          || !uses.isResult[value.index] && uses.users[value.index].allSatisfy(members.contains)
      }
    }
  }

  /// The last operation, and those whose results only others of them use.
  func exclusive(_ last: Int) -> Set<Int> {
    var found: Set<Int> = [last]
    for member in members.sorted().reversed() {
      let results = function.operations[member].results
      if results.allSatisfy({ !uses.isResult[$0.index] && uses.users[$0.index].allSatisfy(found.contains) }) {
        found.insert(member)
      }
    }
    return found
  }

  private mutating func matches(_ pattern: OperationPattern, _ value: ValueID) -> Bool {
    switch pattern {
    case .any(let name): return bind(name, value)
    case .named(let name, let inner):
      if values[name] == nil, !matches(inner, value) { return false }
      return bind(name, value)
    case .number(let name): return bind(name, function.operation(making: value, uses)?.constant)
    case .divided(let inner, let name): return matchesQuotient(inner, name, value)
    case .made(let op, let operands): return matches(op, operands, value)
    case .rows(let op, let inner): return matchesRows(op, inner, value)
    }
  }

  private mutating func bind(_ name: String, _ value: ValueID) -> Bool {
    if let known = values[name] { return known == value }
    values[name] = value
    return true
  }

  private mutating func bind(_ name: String, _ number: Double?) -> Bool {
    guard let number, numbers[name] ?? number == number else { return false }
    numbers[name] = number
    return true
  }

  private mutating func matchesQuotient(_ inner: OperationPattern, _ name: String, _ value: ValueID) -> Bool {
    guard let operation = function.operation(making: value, uses), [.mul, .div].contains(operation.op),
      let number = function.operation(making: operation.operands[1], uses)?.constant
    else { return false }
    guard operation.op == .div || number.significand == 1 else { return false }
    let divisor = operation.op == .div ? number : 1 / number
    return bind(name, divisor) && matches(inner, operation.operands[0]) && take(value)
  }

  private mutating func matches(_ op: OpDefinition, _ operands: [OperationPattern], _ value: ValueID) -> Bool {
    guard let operation = function.operation(making: value, uses), operation.op == op,
      operation.operands.count == operands.count
    else { return false }
    let start = self
    if matches(operands, operation.operands) { return take(value) }
    self = start
    guard op == .add || op == .mul, matches(operands, operation.operands.reversed()) else { return false }
    return take(value)
  }

  private mutating func matches(_ patterns: [OperationPattern], _ operands: [ValueID]) -> Bool {
    for (pattern, operand) in zip(patterns, operands) where !matches(pattern, operand) { return false }
    return true
  }

  /// With the axis kept, or brought back by a reshape.
  private mutating func matchesRows(_ op: OpDefinition, _ inner: OperationPattern, _ value: ValueID) -> Bool {
    guard var operation = function.operation(making: value, uses) else { return false }
    if operation.op == .reshape, let source = function.operation(making: operation.operands[0], uses) {
      members.insert(uses.definitions[value.index])
      operation = source
    }
    guard operation.op == op, let terms = operation.operands.first, let sizes = function.type(terms).shape.sizes,
      operation.attributes.ints("axes") == [sizes.count - 1],
      function.type(value).shape.sizes == sizes.dropLast() + [1], matches(inner, terms)
    else { return false }
    return take(operation.results[0])
  }

  private mutating func take(_ value: ValueID) -> Bool {
    members.insert(uses.definitions[value.index])
    return true
  }
}

extension TensorFunction {
  /// nil: a parameter.
  fileprivate func operation(making value: ValueID, _ uses: ValueUses) -> Operation? {
    let index = uses.definitions[value.index]
    return index >= 0 ? operations[index] : nil
  }
}

extension Operation {
  /// The number that a rank-0 constant holds.
  fileprivate var constant: Double? {
    guard op == .full, attributes.type("type")?.shape.rank == 0 else { return nil }
    return attributes.float("value")
  }
}
