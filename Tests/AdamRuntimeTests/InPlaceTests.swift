// Results in the storage of an operand against results with storage of their own, bit for bit.
import AdamIR
import AdamTestSupport
import Testing

@testable import AdamRuntime

/// A pooling's gradient on images of one shape, in one layout.
struct PoolingInPlace: CustomTestStringConvertible, Sendable {
  var sizes: [Int]
  var isLast: Bool
  var testDescription: String { "\(sizes)\(isLast ? " channels last" : "")" }

  static let shapes = [[1, 1, 2, 2], [3, 5, 8, 40], [33, 16, 8, 8], [2, 2, 4, 2600], [5, 17, 14, 14], [2, 3, 5, 5]]
  static let all = shapes.flatMap {
    [PoolingInPlace(sizes: $0, isLast: false), PoolingInPlace(sizes: $0, isLast: true)]
  }

  /// What stands behind the gradient in one operation with it; a1 and a2 are the images.
  static let steps = [
    "", "; relu_grad(s0, a1)", "; mul(s0, a1)", "; relu_grad(a1, s0)", "; relu_grad(s0, a1); exp(s1)",
    "; exp(s0); relu_grad(s1, a1)", "; mul(s0, s0)", "; mul(s0, a2)",
  ]

  func function(_ steps: String) throws -> TensorFunction {
    let (n, c, h, w) = (sizes[0], sizes[1], sizes[2], sizes[3])
    let x = isLast ? "f32[\(n), \(h), \(w), \(c)]" : "f32[\(n), \(c), \(h), \(w)]"
    let g = isLast ? "f32[\(n), \(h / 2), \(w / 2), \(c)]" : "f32[\(n), \(c), \(h / 2), \(w / 2)]"
    let attributes =
      "kernel=[2, 2], stride=[2, 2], padding=[0, 0], dilation=[1, 1], ceil_mode=false, channels_last=\(isLast)"
    let images = steps.contains("a2") ? "%2, %2" : "%2"
    let gradient =
      steps.isEmpty
      ? "max_pool2d_grad(%1, %2; \(attributes))"
      : "fused_epilogue(%1, \(images); body={max_pool2d_grad(a0, a1; \(attributes))\(steps)})"
    return try TensorFunction.parse(
      """
      func @f(%0: \(x) input "x", %1: \(g) input "g") {
        %2 = relu(%0) : \(x)
        %3 = \(gradient) : \(x)
        return %3 "y"
      }
      """)
  }
}

@Suite struct InPlaceTests {
  @Test(arguments: PoolingInPlace.all)
  func `a pooling's gradient in the storage of its images has the same bits`(_ item: PoolingInPlace) throws {
    for steps in PoolingInPlace.steps {
      let function = try item.function(steps)
      #expect(function.violations() == [], "\(steps)")
      var numbers = Numbers(7)
      let arguments = try function.parameters.map { try numbers.tensor(function.type($0.value), below: 2) }
      let wanted = try bits(function, arguments, try Machines.single(), inPlace: false)
      for machine in try Machines.all() {
        let found = try bits(function, arguments, machine, inPlace: true)
        #expect(found == wanted, "\(steps), \(machine.isa), \(machine.threads) threads")
      }
    }
  }

  private func bits(
    _ function: TensorFunction, _ arguments: [Tensor], _ machine: Runtime, inPlace: Bool
  ) throws -> [UInt32] {
    let plan = try Plan(function, machine, bindings: arguments.map { try $0.copy() }, inPlace: inPlace)
    plan.run()
    return try plan.result(0).floats.map(\.bitPattern)
  }
}
