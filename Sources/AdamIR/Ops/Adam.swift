// adam: the update of Kingma & Ba (2014) in torch's form.

extension OpDefinition {
  /// Operands p, g, m, v[, largest v], scalars → p', m', v'[, largest v'].
  package static let adam: OpDefinition = .update(
    "adam", "One step of Adam.",
    "m = lerp(m, g, 1 - beta1); v = fma((1 - beta2) * g, g, v * beta2); "
      + "p = p + (-lr / (1 - beta1^t) * m) / (sqrt(v) / sqrt(1 - beta2^t) + eps)", slots: 2...3)
}
