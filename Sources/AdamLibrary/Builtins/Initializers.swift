// Initial values for `param`: descriptions that draw once the shape is known. Names and formulas are
// those of `torch.nn.init`.
import AdamData
import AdamIR
import AdamSource

enum InitializerBuiltins {
  static let all: [Listed<BuiltinDefinition>] = [
    make("kaiming", "He et al. 2015, uniform: ±gain·√(3 / fan_in), gain √2 as for relu.", [],
      torch: "kaiming_uniform_"),
    make("kaiming_normal", "He et al. 2015, normal with std gain / √fan_in, gain √2 as for relu.", [],
      torch: "kaiming_normal_"),
    make("xavier", "Glorot and Bengio 2010, uniform: ±√(6 / (fan_in + fan_out)).", [], torch: "xavier_uniform_"),
    make("xavier_normal", "Glorot and Bengio 2010, normal with std √(2 / (fan_in + fan_out)).", [],
      torch: "xavier_normal_"),
    make("orthogonal", "A random orthogonal matrix, Saxe et al. 2013.", [], torch: "orthogonal_"),
    make("uniform", "Uniform between two numbers.", [("low", -1), ("high", 1)], torch: "uniform_"),
    make("normal", "Normal with a mean and a standard deviation.", [("mean", 0), ("std", 1)], torch: "normal_"),
  ]

  private static func make(
    _ name: String, _ summary: String, _ options: [(String, Double)], torch: String
  ) -> Listed<BuiltinDefinition> {
    Listed(
      name,
      BuiltinDefinition(
        name: name, group: "initializer", summary: summary,
        signature: Signature(
          options.map {
            ParameterDefinition(
              $0.0, .number, "\($0.0) of the distribution",
              range: $0.0 == "std" ? NumberRange(from: 0) : nil, default: .number($0.1))
          }),
        example: "layer scale(n) { param w[n, n] = \(name)(); fn(x) x @ w }\nprint scale(3).w.shape  # prints: [3, 3]",
        page: Page(
          "Describes how a `param` is drawn once its shape is known.", source: "torch.nn.init.\(torch)",
          see: ["param", "layer", "seed"]),
        run: { _, arguments throws(Diagnostic) in
          let fields = options.map { RecordBox.Field($0.0, .number(arguments.number($0.0) ?? $0.1)) }
          return .record(
            RecordBox([.init("name", .string(StringBox(name)))] + fields, kind: "initializer"))
        }))
  }
}

extension Value {
  /// What an initializer draws; nil for every other value.
  var initializer: InitialValues? {
    guard case .record(let box) = self, box.kind == "initializer" else { return nil }
    let a = { (name: String) in box[name]?.exactNumber ?? 0 }
    let relu = InitialValues.Gain.relu
    switch box["name"]?.exactString {
    case "kaiming": return .kaimingUniform(gain: relu, fan: .input)
    case "kaiming_normal": return .kaimingNormal(gain: relu, fan: .input)
    case "xavier": return .xavierUniform(gain: 1)
    case "xavier_normal": return .xavierNormal(gain: 1)
    case "orthogonal": return .orthogonal(gain: 1)
    case "uniform": return .uniform(low: a("low"), high: a("high"))
    case "normal": return .normal(mean: a("mean"), std: a("std"))
    default: return nil
    }
  }
}
