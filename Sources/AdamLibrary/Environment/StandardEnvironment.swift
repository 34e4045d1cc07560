// Everything a script can name: all registries together.
import AdamSource

extension Environment {
  /// The lists, in the order of help. A test holds that what shares a name is told apart by the kind
  /// of its first argument.
  package static let registries: [(name: String, builtins: [Listed<BuiltinDefinition>])] = [
    ("layers", LayerRegistry.all.map { $0.map(\.builtin) }),
    ("losses", LossRegistry.all.map { $0.map(\.builtin) }),
    ("metrics", MetricRegistry.all.map { $0.map(\.builtin) }),
    ("training", ScheduleBuiltins.all + [.init("off", HookBuiltins.off)]),
    ("schedules", ScheduleRegistry.builtins),
    ("optimizers", OptimizerRegistry.builtins + [.init("step", OptimizerStep.builtin)]),
    ("data", DataRegistry.builtins),
    ("verbs", VerbRegistry.builtins),
    ("core", CoreBuiltins.all),
  ]

  /// The registries, and what pieces of syntax become.
  package static let standard = Environment(
    builtins: registries.flatMap(\.builtins),
    constructs: DeclaredLayer.builtins + [
      .init(OpenSize.builtinName, OpenSize.builtin), .init(PairLoop.builtinName, PairLoop.builtin),
      .init(CheckGradVerb.builtinName, CheckGradVerb.builtin),
    ])
}

/// Ways to make and change data sets.
package enum DataRegistry {
  package static let builtins: [Listed<BuiltinDefinition>] = [
    .init("csv", CsvData.builtin),
    .init("sine", SineData.builtin),
    .init("split", SplitData.builtin),
    .init("standardize", ScalingData.standardize),
    .init("minmax", ScalingData.minmax),
    .init("batch", BatchData.builtin),
  ]
}

/// Verbs about models; `print` and `seed` are with the core builtins.
package enum VerbRegistry {
  package static let builtins: [Listed<BuiltinDefinition>] = [
    .init("train", TrainVerb.builtin),
    .init("eval", EvalVerb.builtin),
    .init("predict", PredictVerb.builtin),
    .init("save", .save),
    .init("load", .load),
    .init("show", ShowVerb.builtin),
    .init("plot", PlotVerb.builtin),
    .init("assert", AssertVerb.builtin),
  ]
}
