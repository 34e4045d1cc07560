// sine: a curve with noise to fit, made on the spot.
import AdamData
import AdamFormulas
import AdamIR
import AdamRuntime
import AdamSource

enum SineData {
  static let builtin = BuiltinDefinition(
    name: "sine", group: "data", summary: "Points of sin(x) from -π to π, with normal noise.",
    signature: Signature([
      ParameterDefinition("n", .integer, "points", range: NumberRange(from: 1, to: 10_000_000), default: .number(256)),
      ParameterDefinition(
        "noise", .number, "deviation of the noise", range: NumberRange(from: 0), default: .number(0),
        isKeywordOnly: true),
    ]),
    example: "data = sine(n=3)\nprint data.rows, data.x.shape  # prints: 3 [3, 1]",
    page: Page(
      "The noise depends on the seed and on the place of a point alone: making data moves no generator.",
      shape: "→ x [n, 1], y [n, 1]", see: ["csv", "split", "batch"]),
    check: { _, arguments in
      let rows = TensorType(.f32, Shape([arguments.int("n").map { Dimension($0) } ?? .unknown, Dimension(1)]))
      return .data(DataDescription.memory(x: rows, y: rows, at: arguments.span))
    },
    run: { context, arguments throws(Diagnostic) in
      let n = arguments.whole("n", default: 256)
      let noise = arguments.number("noise") ?? 0
      let stream = KeyedStream(seed: context.session.seed, purpose: "sine")
      let step = n > 1 ? 2 * Double.pi / Double(n - 1) : 0
      let xs = (0..<n).map { -Double.pi + Double($0) * step }
      let ys = xs.enumerated().map { HostMath.sin($1) + (noise > 0 ? noise * stream.normal($0) : 0) }
      let x = try newTensor(.f32, [n, 1], at: arguments.span)
      let y = try newTensor(.f32, [n, 1], at: arguments.span)
      x.write(floats: xs.map(flushedFloat))
      y.write(floats: ys.map(flushedFloat))
      return .data(try DataSet(x: x, y: y, at: arguments.span))
    })
}
