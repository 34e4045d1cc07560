// adamw: Adam with decoupled weight decay (Loshchilov & Hutter 2017).

extension OpDefinition {
  /// Operands p, g, m, v[, largest v], scalars → p', m', v'[, largest v'].
  package static let adamw: OpDefinition = .update(
    "adamw", "One step of Adam with decoupled weight decay.",
    "p = p * (1 - lr * weight_decay); then as adam", slots: 2...3)
}
