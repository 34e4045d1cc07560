// Runs a tensor function in Double through the ops' own references: the slow, independent path that
// passes and kernels are compared with.
import AdamIR

/// Why a function could not be run.
package struct ReferenceError: Error {
  package var message: String
}

package struct ReferenceInterpreter {
  /// What a random op gives for its n-th draw; the default depends on n, so a dropped, merged or
  /// reordered draw changes results.
  package var draw: (_ number: Int, _ sizes: [Int]) -> ReferenceTensor = { number, sizes in
    let count = sizes.reduce(1, *)
    return ReferenceTensor(sizes, (0..<count).map { Double(($0 * 7 + number * 3) % 5) / 2 })
  }
  package init() {}

  /// Results in the function's order. Updates are stood in for by p − 0.1·g and slot + g.
  package func run(
    _ function: TensorFunction, _ arguments: [ReferenceTensor]
  ) throws -> [ReferenceTensor] {
    guard arguments.count == function.parameters.count else {
      throw ReferenceError(message: "\(function.parameters.count) arguments wanted")
    }
    var values = [ReferenceTensor?](repeating: nil, count: function.values.count)
    for (parameter, argument) in zip(function.parameters, arguments) {
      values[parameter.value.index] = argument
    }
    var draws = 0
    for operation in function.operations {
      let operands = try operation.operands.map { id -> ReferenceTensor in
        guard let value = values[id.index] else {
          throw ReferenceError(message: "%\(id.index) has no value")
        }
        return value
      }
      let results = results(of: operation, operands, function, &draws)
      guard results.count == operation.results.count else {
        throw ReferenceError(message: "`\(operation.op.name)` cannot run here")
      }
      for (id, result) in zip(operation.results, results) { values[id.index] = result }
    }
    return function.results.compactMap { values[$0.value.index] }
  }

  private func results(
    of operation: Operation, _ operands: [ReferenceTensor], _ function: TensorFunction,
    _ draws: inout Int
  ) -> [ReferenceTensor] {
    let types = operation.results.map { function.type($0) }
    if let reference = operation.op.reference {
      return reference(operands, operation.attributes, types)
    }
    if operation.op.traits.contains(.random) {
      draws += 1
      return types.map { draw(draws, $0.shape.sizes ?? []) }
    }
    guard operation.op.traits.contains(.update) else { return [] }
    return operation.updatedOperands.enumerated().map { place, pair in
      let (old, gradient) = (operands[place == 0 ? 0 : place + 1], operands[1])
      let scale = place == 0 ? -0.1 : 1
      return ReferenceTensor(
        old.sizes, zip(old.values, gradient.values).map { $0 + scale * $1 })
    }
  }
}
