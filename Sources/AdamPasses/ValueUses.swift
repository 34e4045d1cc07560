// Who makes and who uses the values of a function: what fusion asks.
import AdamIR

struct ValueUses {
  /// Operations that use each value, ascending and without repetition.
  private(set) var users: [[Int]]
  private(set) var isResult: [Bool]
  /// Operation that makes each value; -1 for parameters.
  private(set) var definitions: [Int]

  init(_ function: TensorFunction) {
    users = Array(repeating: [], count: function.values.count)
    isResult = Array(repeating: false, count: function.values.count)
    definitions = Array(repeating: -1, count: function.values.count)
    for (index, operation) in function.operations.enumerated() {
      for operand in operation.operands where users[operand.index].last != index {
        users[operand.index].append(index)
      }
      for result in operation.results { definitions[result.index] = index }
    }
    for result in function.results { isResult[result.value.index] = true }
  }
}

extension TensorFunction {
  /// Whether an operation may be part of a loop: elementwise in f32 with fixed sizes.
  func isLoop(_ operation: Operation) -> Bool {
    guard operation.op.traits.contains(.elementwise), operation.results.count == 1,
      let target = type(operation.results[0]).shape.sizes
    else { return false }
    return (operation.results + operation.operands).allSatisfy { id in
      guard type(id).element == .f32, let sizes = type(id).shape.sizes else { return false }
      return BroadcastForm.of(sizes, in: target) != nil
    }
  }

  /// Nothing may move across an operation with effect on weights.
  func hasUpdate(between first: Int, and last: Int) -> Bool {
    operations[first..<last].contains { $0.op.traits.contains(.update) }
  }
}
