// What a valid tensor function is. Everything after tracing relies on these invariants, so they are
// checked after every pass in tests; the pipeline names the pass that broke one.
//
// - numbering: every value's number is below the count of values, and every value is defined exactly
//   once, as a parameter or as a result of one operation.
// - order: an operand is defined before the operation that uses it.
// - types: the result types of an operation are what its op infers from the operands' types and the
//   attributes; so the operand count and the attributes' kinds are right as well.
// - attributes: an operation has no attributes but those its op names, each once, in that order (which
//   of them it needs is said by the op's type rule).
// - effect: random and update ops carry `effect`, so that no pass drops, merges or moves them.
// - results: a result of the function is defined; result names are unique.
// - parameters: parameter names are unique; `scalars` are f32 of rank 1.
// - replaced: a result that replaces replaces a value of role parameter or state, of the same type,
//   and no value is replaced twice.
// - alias: a result that replaces is no parameter and no view of another parameter.
// - update: what an update op changes in place is a parameter or state, is replaced by the op's
//   result, and is changed once.
// - last use: nothing reads a changed value (or a view of it) after the update that changes it.
//
// Not checked: that symbolic sizes agree at run time, that labels and indices are in range.

/// A broken invariant.
package struct Violation: Error, Hashable, Sendable {
  /// Heads of the list above.
  package enum Invariant: String, Hashable, Sendable, CaseIterable {
    case numbering, order, types, attributes, effect, results, parameters, replaced, alias, update
    case lastUse = "last use"
  }
  package var invariant: Invariant
  package var message: String
  /// Index of the operation; nil for parameters and results.
  package var operation: Int?
}

extension TensorFunction {
  /// All broken invariants; later ones are only looked for when the numbering is sound.
  package func violations() -> [Violation] {
    var verifier = Verifier(self)
    verifier.checkNumbering()
    guard verifier.violations.isEmpty else { return verifier.violations }
    verifier.checkParameters()
    for index in operations.indices { verifier.checkOperation(index) }
    verifier.checkResults()
    verifier.checkUpdates()
    return verifier.violations
  }
}

private struct Verifier {
  let function: TensorFunction
  var violations: [Violation] = []
  /// Operation that defines each value; -1 for parameters.
  private var definitionIndex: [Int]
  private var roles: [Int: ParameterRole] = [:]

  init(_ function: TensorFunction) {
    self.function = function
    definitionIndex = [Int](repeating: -1, count: function.values.count)
    for (index, operation) in function.operations.enumerated() {
      for result in operation.results where definitionIndex.indices.contains(result.index) {
        definitionIndex[result.index] = index
      }
    }
    for parameter in function.parameters { roles[parameter.value.index] = parameter.role }
  }

  mutating func report(
    _ invariant: Violation.Invariant, _ message: String, _ operation: Int? = nil
  ) {
    let place = operation.map { " in `\(function.operations[$0].op.name)` (operation \($0))" } ?? ""
    violations.append(
      Violation(invariant: invariant, message: message + place, operation: operation))
  }

  // MARK: numbering

  mutating func checkNumbering() {
    var definitions = [Int](repeating: 0, count: function.values.count)
    for (id, operation) in defined {
      if definitions.indices.contains(id.index) {
        definitions[id.index] += 1
      } else {
        report(.numbering, "%\(id.index) is beyond the last value", operation)
      }
    }
    for (index, count) in definitions.enumerated() where count != 1 {
      report(.numbering, "%\(index) is defined \(count) times")
    }
    for (index, operation) in function.operations.enumerated() {
      for operand in operation.operands where !function.values.indices.contains(operand.index) {
        report(.numbering, "%\(operand.index) is not defined", index)
      }
    }
    for id in function.results.flatMap({ [$0.value] + ($0.target.map { [$0] } ?? []) })
    where !function.values.indices.contains(id.index) {
      report(.numbering, "%\(id.index) is not defined and is a result")
    }
  }

  private var defined: [(ValueID, Int?)] {
    function.parameters.map { ($0.value, nil) }
      + function.operations.enumerated().flatMap { index, operation in
        operation.results.map { ($0, index) }
      }
  }

  // MARK: parameters and operations

  mutating func checkParameters() {
    var names: Set<String> = []
    for parameter in function.parameters {
      if !names.insert(parameter.name).inserted {
        report(.parameters, "two parameters are named \"\(parameter.name)\"")
      }
      let type = function.type(parameter.value)
      if parameter.role == .scalars, type.element != .f32 || type.shape.rank != 1 {
        report(.parameters, "scalars \"\(parameter.name)\" are \(type.text)")
      }
    }
  }

  mutating func checkOperation(_ index: Int) {
    let operation = function.operations[index]
    let op = operation.op
    for operand in operation.operands where !isDefined(operand, before: index) {
      report(.order, "%\(operand.index) is used before it is defined", index)
    }
    let names = operation.attributes.entries.map(\.name)
    if names != op.attributeNames.filter(names.contains) {
      report(.attributes, "found the attributes (\(names.joined(separator: ", ")))", index)
    }
    let needsEffect = op.traits.contains(.random) || op.traits.contains(.update)
    if needsEffect, !op.traits.contains(.effect) {
      report(.effect, "an op that draws or updates lacks `effect`", index)
    }
    checkTypes(operation, index)
  }

  private mutating func checkTypes(_ operation: Operation, _ index: Int) {
    let found = operation.results.map { function.type($0) }
    do throws(ShapeError) {
      let operands = operation.operands.map { function.type($0) }
      let inferred = try operation.op.inferTypes(operands, operation.attributes)
      if inferred != found {
        let texts = (found.map(\.text), inferred.map(\.text))
        report(.types, "found \(texts.0), the op gives \(texts.1)", index)
      }
    } catch {
      report(.types, error.message, index)
    }
  }

  private func isDefined(_ id: ValueID, before index: Int) -> Bool {
    definitionIndex[id.index] < index
  }

  // MARK: results and updates

  private func mayChange(_ id: ValueID) -> Bool {
    roles[id.index] == .parameter || roles[id.index] == .state
  }

  mutating func checkResults() {
    var names: Set<String> = []
    var replaced: Set<ValueID> = []
    for result in function.results {
      if !names.insert(result.name).inserted {
        report(.results, "two results are named \"\(result.name)\"")
      }
      guard let target = result.target else { continue }
      if !mayChange(target) {
        report(.replaced, "%\(target.index) is replaced and is no parameter or state")
      }
      if function.type(target) != function.type(result.value) {
        report(.replaced, "%\(result.value.index) replaces %\(target.index) of another type")
      }
      if !replaced.insert(target).inserted {
        report(.replaced, "%\(target.index) is replaced twice")
      }
      let root = origin(result.value)
      if roles[root.index] != nil, root != target {
        report(.alias, "%\(result.value.index) replaces %\(target.index) and is itself a parameter")
      }
    }
  }

  /// What a value is a view of, through any number of views.
  private func origin(_ id: ValueID) -> ValueID {
    var id = id
    while definitionIndex[id.index] >= 0 {
      let operation = function.operations[definitionIndex[id.index]]
      guard operation.op.traits.contains(.view), let source = operation.operands.first else { break }
      // A view of a later value is reported by `order`.
      guard isDefined(source, before: definitionIndex[id.index]) else { break }
      id = source
    }
    return id
  }

  mutating func checkUpdates() {
    var changedAt: [Int: Int] = [:]
    for (index, operation) in function.operations.enumerated() {
      for operand in operation.operands {
        let root = origin(operand)
        if changedAt[root.index] != nil {
          report(.lastUse, "%\(operand.index) is read after it has been updated", index)
        }
      }
      guard operation.op.traits.contains(.update) else { continue }
      for (operand, result) in operation.updatedOperands {
        checkUpdated(operand, by: result, at: index)
        if changedAt.updateValue(index, forKey: origin(operand).index) != nil {
          report(.update, "%\(operand.index) is updated twice", index)
        }
      }
    }
    for result in function.results where changedAt[origin(result.value).index] != nil {
      report(.lastUse, "%\(result.value.index) is a result and has been updated")
    }
  }

  private mutating func checkUpdated(_ operand: ValueID, by result: ValueID, at index: Int) {
    if !mayChange(operand) {
      report(.update, "%\(operand.index) is updated and is no parameter or state", index)
    }
    let isReplaced = function.results.contains { $0.value == result && $0.target == operand }
    if !isReplaced {
      report(.update, "%\(operand.index) is updated and not replaced by %\(result.index)", index)
    }
  }
}

extension Operation {
  /// For an update: what it changes in place (p, slots… of each parameter) with the results
  /// (p', slots'… of each). The operands are p, g, slots… of each parameter, then scalars.
  package var updatedOperands: [(operand: ValueID, result: ValueID)] {
    let size = max(1, results.count / updatedParameters)
    return results.enumerated().compactMap { index, result in
      let place = index % size
      let operand = index / size * (size + 1) + (place == 0 ? 0 : place + 1)
      return operand < operands.count ? (operands[operand], result) : nil
    }
  }

  /// For an update: how many parameters it changes.
  package var updatedParameters: Int { max(1, attributes.int("parameters") ?? 1) }
}
