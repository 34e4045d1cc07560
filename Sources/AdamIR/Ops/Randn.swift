// randn: normal numbers from the session's generator, drawn anew at every run.

extension OpDefinition {
  /// Mean 0 and deviation 1, as `torch.randn` draws them: element by element below 16, in blocks of 16 above.
  package static let randn: OpDefinition = .draw(
    "randn", "Normal numbers of mean 0 and deviation 1, drawn at every run.", "y ~ normal(0, 1)")
}
