// norm: of a tensor, along an axis or whole, and of all gradients of a model together.
import AdamIR
import AdamSource

enum NormBuiltin {
  static let builtin = BuiltinDefinition(
    name: "norm", group: "math", summary: "Square root of the sum of squares.",
    signature: Signature(
      [ParameterDefinition("x", .oneOf([.tensorLike, .record]), "tensor, or the gradients of a model")]
        + ReductionBuiltins.axisParameters), example: "print norm([3, 4])  # prints: 5",
    page: Page(
      "Of the gradients of a model, the norm of all of them: `g * min(1, 1 / (norm(g) + 1e-6))` clips them at 1 as "
        + "torch's clip_grad_norm_ does.",
      shape: "[..] → a number, or [..] without the axis", formula: "√Σx²", source: "torch.linalg.vector_norm",
      see: ["sum", "sqrt", "layer_norm"]), isPure: true,
    check: { context, arguments in
      if arguments["x"]?.asFields?.kind == RecordBox.gradients, let refusal = gradientOption(arguments) {
        context.report(refusal)
      }
      return .unknown
    },
    run: { context, arguments throws(Diagnostic) in
      let tensors = TensorArithmetic(context.session)
      let given = arguments["x"] ?? .none
      if let gradients = given.gradientValues {
        if let refusal = gradientOption(arguments) { throw refusal }
        return .of(try norm(of: gradients, tensors, at: arguments.span))
      }
      let x = try tensors.real(given, at: arguments.place(of: "x"))
      let axes = try ReductionBuiltins.attributes(arguments, rank: x.shape.rank)
      let keeps = arguments.bool("keepdims") ?? false
      return .of(try norm(x, tensors, axes: axes, keepsAxes: keeps, at: arguments.span))
    })

  /// What is said of an option that gradients do not have; nil when none is given.
  private static func gradientOption<V>(_ arguments: BoundArguments<V>) -> Diagnostic? {
    guard let option = ["axis", "keepdims"].first(where: arguments.isGiven) else { return nil }
    var diagnostic = Diagnostic(
      .unknownOption, "the gradients of a model have one norm, so `\(option)` does not apply",
      at: arguments.span(of: option) ?? arguments.span)
    diagnostic.helps = [Help("leave it out, or take the norm of one of them, such as `g.0.weight`")]
    return diagnostic
  }

  private static func norm(
    _ x: Operand, _ tensors: TensorArithmetic, axes: [Int], keepsAxes: Bool, at span: Span
  ) throws(Diagnostic) -> Operand {
    let attributes = ["axes": .ints(axes), "keepdims": .bool(keepsAxes)].attributes
    let sum = try tensors.apply(.sum, [try tensors.apply(.mul, [x, x], at: span)], attributes, at: span)
    // The root's slope is infinite at 0, where torch's norm has gradient 0.
    let zero = Operand.tensor(try tensors.scalar(0, at: span))
    let isZero = try tensors.apply(.eq, [sum, zero], at: span)
    let one = Operand.tensor(try tensors.scalar(1, at: span))
    let root = try tensors.apply(.sqrt, [try tensors.apply(.where, [isZero, one, sum], at: span)], at: span)
    return try tensors.apply(.where, [isZero, zero, root], at: span)
  }

  /// The norm of the norms, in torch's order of operations.
  private static func norm(
    of gradients: [Value], _ tensors: TensorArithmetic, at span: Span
  ) throws(Diagnostic) -> Operand {
    var norms: [Operand] = []
    for gradient in gradients {
      let x = try tensors.real(gradient, at: span)
      let one = try norm(x, tensors, axes: Array(0..<x.shape.rank), keepsAxes: false, at: span)
      norms.append(try tensors.apply(.reshape, [one], ["shape": .ints([1])].attributes, at: span))
    }
    guard let first = norms.first else { return .tensor(try tensors.scalar(0, at: span)) }
    let all = norms.count == 1 ? first : try tensors.apply(.concat, norms, ["axis": .int(0)].attributes, at: span)
    return try norm(all, tensors, axes: [0], keepsAxes: false, at: span)
  }
}
