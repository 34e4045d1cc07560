// One sweep over parameters that threads share row by row: every element is updated once, whatever the shapes.
import AdamIR
import Testing

@testable import AdamRuntime

@Suite struct SweepSharingTests {
  private static let shapes = [[3000, 3], [5], [3, 5000], [1025, 17], [12, 20, 90], [10_001], [1, 9000], [8, 1030]]

  /// p, g and the slots of each parameter, then the scalars.
  private func function(_ op: OpDefinition, slots: Int, options: Int) throws -> TensorFunction {
    var function = TensorFunction(name: "sweep")
    var operands: [ValueID] = [], targets: [ValueID] = []
    for shape in Self.shapes {
      let type = TensorType(.f32, Shape(sizes: shape))
      let tensors = (0..<2 + slots).map { function.addParameter(type, name: "t\($0)", role: $0 == 1 ? .input : .state) }
      operands += tensors
      targets += [tensors[0]] + tensors.dropFirst(2)
    }
    operands.append(function.addParameter(.f32(6), name: "scalars", role: .scalars))
    let attributes: Attributes = ["options": .int(options), "parameters": .int(Self.shapes.count)]
    let results = try function.apply(op, operands, attributes)
    function.results = zip(results, targets).map { FunctionResult($0, "", replaces: $1) }
    return function
  }

  private func bits(_ function: TensorFunction, _ machine: Runtime) throws -> [[UInt32]] {
    var numbers = Numbers(3)
    let tensors = try function.parameters.map { try numbers.tensor(function.type($0.value), 0.1...2, below: 2) }
    let plan = try Plan(function, machine, bindings: tensors)
    for _ in 0..<3 { plan.run() }
    return tensors.map(\.bits)
  }

  @Test(arguments: [(OpDefinition.adam, 2, 0), (.adamw, 2, 0), (.sgd, 0, 0)])
  func `threads update every element once`(op: OpDefinition, slots: Int, options: Int) throws {
    let function = try function(op, slots: slots, options: options)
    let wanted = try bits(function, try Machines.single())
    for machine in try Machines.all() {
      #expect(try bits(function, machine) == wanted, "\(machine.isa) × \(machine.threads)")
    }
  }
}
