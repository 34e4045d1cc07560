// Rebuilds a function operation by operation under a map of values. Every pass that changes a
// function goes through here, so values stay numbered densely in the order of their definition.
import AdamIR
import AdamSource

struct Rewriting {
  let source: TensorFunction
  private(set) var output: TensorFunction
  /// The new value of each old one; parameters first, others as their operations are copied.
  private var map: [ValueID]
  /// Index in `output.operations` of the operation that defines each new value; -1 for parameters.
  private(set) var definitions: [Int] = []

  /// Copies the parameters, in order.
  init(_ source: TensorFunction) {
    self.source = source
    output = TensorFunction(name: source.name)
    map = Array(repeating: ValueID(0), count: source.values.count)
    for parameter in source.parameters {
      let info = source.values[parameter.value.index]
      map[parameter.value.index] = output.addParameter(
        info.type, name: parameter.name, role: parameter.role, span: info.span)
      definitions.append(-1)
    }
  }

  func mapped(_ id: ValueID) -> ValueID { map[id.index] }

  mutating func replace(_ old: ValueID, by new: ValueID) { map[old.index] = new }

  /// The operation that defines a new value; nil for parameters.
  func definition(_ id: ValueID) -> Operation? {
    let index = definitions[id.index]
    return index < 0 ? nil : output.operations[index]
  }

  /// Appends `operation` as it stands (its operands are new values) with results of these types,
  /// and maps its old results to the new ones.
  mutating func append(_ operation: Operation) {
    var copy = operation
    copy.results = operation.results.map { old in
      output.values.append(ValueInfo(source.values[old.index].type, operation.span))
      definitions.append(output.operations.count)
      let new = ValueID(output.values.count - 1)
      map[old.index] = new
      return new
    }
    output.operations.append(copy)
  }

  /// Appends an operation that the source has not; its operands are new values.
  mutating func appendNew(
    _ op: OpDefinition, _ operands: [ValueID], _ attributes: Attributes, _ type: TensorType, span: Span?
  ) -> ValueID {
    appendNew(op, operands, attributes, [type], span: span)[0]
  }

  /// The same with several results.
  mutating func appendNew(
    _ op: OpDefinition, _ operands: [ValueID], _ attributes: Attributes, _ types: [TensorType], span: Span?
  ) -> [ValueID] {
    let results = types.map { type in
      output.values.append(ValueInfo(type, span))
      definitions.append(output.operations.count)
      return ValueID(output.values.count - 1)
    }
    output.operations.append(Operation(op, operands, attributes, results, span))
    return results
  }

  /// Appends a constant that the source has not.
  mutating func appendConstant(_ value: Double, _ type: TensorType, span: Span?) -> ValueID {
    appendNew(.full, [], ["value": .float(value), "type": .type(type)], type, span: span)
  }

  /// `operation` with new operands, not yet appended.
  func translated(_ operation: Operation) -> Operation {
    var copy = operation
    copy.operands = operation.operands.map { mapped($0) }
    return copy
  }

  mutating func finish() -> TensorFunction {
    output.results = source.results.map {
      FunctionResult(mapped($0.value), $0.name, replaces: $0.target.map { mapped($0) })
    }
    return output
  }
}

/// Operations that stand in the place of others.
struct Replacements {
  /// What stands at the place of an operation, itself a part of it or not.
  var made: [Int: Operation] = [:]
  /// Operations that are part of another.
  var dropped: Set<Int> = []

  /// The function with them.
  func applied(to function: TensorFunction) -> TensorFunction {
    if made.isEmpty { return function }
    var rewriting = Rewriting(function)
    for (index, operation) in function.operations.enumerated() {
      if let other = made[index] {
        rewriting.append(rewriting.translated(other))
      } else if !dropped.contains(index) {
        rewriting.append(rewriting.translated(operation))
      }
    }
    return rewriting.finish()
  }
}
