// Compares the derivatives of a tensor function with differences of its values in Double, and what the
// kernels make of the derivatives with both.
import AdamIR
import AdamPasses
import AdamRuntime

/// SplitMix64: small, and the same numbers everywhere.
package struct ProbeDraws {
  private var state: UInt64
  /// One sequence for each name and number.
  package init(_ name: String, _ number: Int) {
    state = name.utf8.reduce(UInt64(number) &+ 1) { $0 &* 0x100_0000_01B3 ^ UInt64($1) }
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  package mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  /// An f32 number, so that kernels start from the same.
  package mutating func number(_ range: ClosedRange<Double>) -> Double {
    let unit = Double(next() >> 11) / 9_007_199_254_740_992
    return Double(Float(range.lowerBound + unit * (range.upperBound - range.lowerBound)))
  }

  package mutating func tensor(
    _ type: TensorType, _ range: ClosedRange<Double>, labels: Int
  ) -> ReferenceTensor {
    let sizes = type.shape.sizes ?? []
    return ReferenceTensor(
      sizes,
      (0..<sizes.reduce(1, *)).map { _ in type.element == .f32 ? number(range) : Double(below(labels)) })
  }
}

package struct GradientProbe {
  /// A function whose first result is a single number; its values of role `parameter` are varied.
  private let function: TensorFunction
  private let arguments: [ReferenceTensor]
  private let varied: [Int]
  /// Results of random ops do not change when operands do.
  private let interpreter = ReferenceInterpreter()
  private var draws: ProbeDraws

  package init(_ function: TensorFunction, _ arguments: [ReferenceTensor], name: String) {
    self.function = function
    self.arguments = arguments
    varied = function.parameters.indices.filter { function.parameters[$0].role == .parameter }
    draws = ProbeDraws(name, 99)
  }

  private var wrt: [ValueID] { varied.map { function.parameters[$0].value } }

  /// What is wrong with the first derivatives; empty when they agree with differences, in Double and
  /// in the kernels' arithmetic.
  package mutating func firstOrder(runtime: Runtime) throws -> [String] {
    guard !varied.isEmpty, let loss = function.results.first?.value else { return ["nothing to vary"] }
    let gradient = try function.differentiated(loss: loss, wrt: wrt)
    var mistakes = gradient.violations().map { "\($0)" }
    let derivatives = Array(try interpreter.run(gradient, arguments).dropFirst(function.results.count))
    mistakes += try slopes(function, arguments, derivatives, "first")
    return try mistakes + kernels(gradient, derivatives, runtime)
  }

  /// As above for the derivatives of a weighted sum of the first derivatives.
  package mutating func secondOrder() throws -> [String] {
    guard !varied.isEmpty, let loss = function.results.first?.value else { return ["nothing to vary"] }
    var sum = function
    var weighted = arguments
    var total: ValueID?
    for (place, gradient) in zip(varied, try sum.gradients(of: loss, wrt: wrt)) {
      let type = sum.type(gradient)
      let weight = sum.addParameter(type, name: "weight.\(place)", role: .input)
      weighted.append(draws.tensor(type, 0.5...1.5, labels: 2))
      let axes = Array(0..<type.shape.rank)
      let part = try sum.emit(
        .sum, [try sum.emit(.mul, [gradient, weight])], ["axes": .ints(axes), "keepdims": .bool(false)])
      total = try total.map { try sum.emit(.add, [$0, part]) } ?? part
    }
    guard let total else { return [] }
    sum.results = [FunctionResult(total, "sum")]
    let derivatives = try interpreter.run(try sum.differentiated(loss: total, wrt: wrt), weighted).dropFirst()
    return try slopes(sum, weighted, Array(derivatives), "second")
  }

  /// (f(x + h·d) − f(x − h·d)) / 2h against the derivatives along d, for some directions d.
  private mutating func slopes(
    _ function: TensorFunction, _ arguments: [ReferenceTensor], _ derivatives: [ReferenceTensor], _ order: String
  ) throws -> [String] {
    var mistakes: [String] = []
    let h = 1e-5
    for _ in 0..<2 {
      var (above, below) = (arguments, arguments)
      var (expected, size) = (0.0, 1.0)
      for (place, derivative) in zip(varied, derivatives) {
        for element in derivative.values.indices {
          let direction = draws.number(-1...1)
          above[place].values[element] += h * direction
          below[place].values[element] -= h * direction
          expected += derivative.values[element] * direction
          size += abs(derivative.values[element])
        }
      }
      let difference =
        (try interpreter.run(function, above)[0].values[0] - interpreter.run(function, below)[0].values[0]) / (2 * h)
      if !(abs(difference - expected) <= 1e-7 * size) {
        mistakes.append("\(order) derivative \(expected), differences \(difference)")
      }
    }
    return mistakes
  }

  /// The kernels' derivatives; f32 rounds each of the few operations on the way.
  private func kernels(
    _ gradient: TensorFunction, _ derivatives: [ReferenceTensor], _ runtime: Runtime
  ) throws -> [String] {
    // What a random op draws here is not what the references pretend.
    if gradient.operations.contains(where: { $0.op.traits.contains(.random) }) { return [] }
    let plan = try Plan(gradient, runtime)
    for (index, argument) in arguments.enumerated() {
      let element = gradient.type(gradient.parameters[index].value).element
      let tensor =
        element == .f32
        ? try Tensor(argument.sizes, floats: argument.values.map { Float($0) })
        : try Tensor(argument.sizes, integers: argument.values.map { Int32($0) }, element: element)
      try plan.bind(index, to: tensor)
    }
    plan.run()
    var mistakes: [String] = []
    for (place, wanted) in derivatives.enumerated() {
      let found = try plan.result(function.results.count + place)
      let scale = wanted.values.reduce(1) { max($0, abs($1)) }
      for (element, value) in wanted.values.enumerated()
      where !(abs((found.number(at: element) ?? .nan) - value) <= 2e-5 * scale) {
        mistakes.append("kernels: element \(element) is \(found.number(at: element) ?? .nan), not \(value)")
      }
    }
    return mistakes
  }
}
