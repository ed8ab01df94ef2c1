//! Logistic regression with L2 regularisation, fitted by L-BFGS (Liu and Nocedal 1989).

/// Corrections that are remembered.
const MEMORY: usize = 8;
/// Steps at the most.
const STEPS: usize = 60;
/// The length of the gradient, against that at the start, at which it is good enough.
const ENOUGH: f64 = 1e-3;

/// An example: features with their values, whether it is one, and what it weighs.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    pub(crate) features: Vec<(u32, f32)>,
    pub(crate) label: bool,
    pub(crate) weight: f64,
}

/// The weights of `features` features, and behind them the constant, which is not regularised.
pub(crate) fn fit(examples: &[Example], features: usize, shrink: f64) -> Vec<f64> {
    let mut weights = vec![0.0; features + 1];
    if examples.is_empty() {
        return weights;
    }
    let (mut loss, mut gradient) = slope(examples, &weights, shrink);
    let start = length(&gradient);
    let mut steps: Vec<(Vec<f64>, Vec<f64>, f64)> = Vec::new();
    for _ in 0..STEPS {
        if length(&gradient) <= start * ENOUGH {
            break;
        }
        let direction = direction(&gradient, &steps);
        let along = dot(&direction, &gradient);
        if along >= 0.0 {
            break;
        }
        // Backtracking until the loss falls enough (Armijo).
        let mut rate = if steps.is_empty() { 1.0 / start.max(1.0) } else { 1.0 };
        let mut found = None;
        for _ in 0..30 {
            let next: Vec<f64> = weights.iter().zip(&direction).map(|(weight, step)| weight + rate * step).collect();
            let (next_loss, next_gradient) = slope(examples, &next, shrink);
            if next_loss <= loss + 1e-4 * rate * along {
                found = Some((next, next_loss, next_gradient));
                break;
            }
            rate *= 0.5;
        }
        let Some((next, next_loss, next_gradient)) = found else { break };
        let moved: Vec<f64> = next.iter().zip(&weights).map(|(next, before)| next - before).collect();
        let bent: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(next, before)| next - before).collect();
        let curve = dot(&moved, &bent);
        if curve > 1e-12 {
            if steps.len() == MEMORY {
                steps.remove(0);
            }
            steps.push((moved, bent, 1.0 / curve));
        }
        (weights, loss, gradient) = (next, next_loss, next_gradient);
    }
    weights
}

/// The weighted sum of an article's features, and the constant.
pub(crate) fn score(weights: &[f64], features: &[(u32, f32)]) -> f64 {
    let constant = weights.last().copied().unwrap_or(0.0);
    let sum: f64 = features
        .iter()
        .map(|(feature, value)| weights.get(*feature as usize).copied().unwrap_or(0.0) * f64::from(*value))
        .sum();
    sum + constant
}

fn slope(examples: &[Example], weights: &[f64], shrink: f64) -> (f64, Vec<f64>) {
    let regular = weights.len() - 1;
    let mut gradient: Vec<f64> = weights.iter().map(|weight| weight * shrink).collect();
    let held = weights.get(..regular).unwrap_or_default();
    let mut loss = dot(held, held) * shrink / 2.0;
    if let Some(constant) = gradient.last_mut() {
        *constant = 0.0;
    }
    for example in examples {
        let margin = score(weights, &example.features) * if example.label { 1.0 } else { -1.0 };
        // ln(1 + e^-m) without overflow.
        loss += example.weight * ((-margin.abs()).exp().ln_1p() + (-margin).max(0.0));
        let pull = example.weight / (1.0 + margin.exp()) * if example.label { -1.0 } else { 1.0 };
        for (feature, value) in &example.features {
            if let Some(slot) = gradient.get_mut(*feature as usize) {
                *slot += pull * f64::from(*value);
            }
        }
        if let Some(constant) = gradient.last_mut() {
            *constant += pull;
        }
    }
    (loss, gradient)
}

/// Minus the gradient, bent by the steps that were made (the two-loop recursion).
fn direction(gradient: &[f64], steps: &[(Vec<f64>, Vec<f64>, f64)]) -> Vec<f64> {
    let mut out: Vec<f64> = gradient.iter().map(|value| -value).collect();
    let mut shares = Vec::with_capacity(steps.len());
    for (moved, bent, inverse) in steps.iter().rev() {
        let share = inverse * dot(moved, &out);
        out.iter_mut().zip(bent).for_each(|(slot, value)| *slot -= share * value);
        shares.push(share);
    }
    if let Some((_, bent, inverse)) = steps.last() {
        let scale = 1.0 / (inverse * dot(bent, bent));
        out.iter_mut().for_each(|slot| *slot *= scale);
    }
    for ((moved, bent, inverse), share) in steps.iter().zip(shares.into_iter().rev()) {
        let back = inverse * dot(bent, &out);
        out.iter_mut().zip(moved).for_each(|(slot, value)| *slot += value * (share - back));
    }
    out
}

pub(crate) fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

fn length(values: &[f64]) -> f64 {
    dot(values, values).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_the_examples_apart_gets_the_weight() {
        let example =
            |feature: u32, label: bool| Example { features: vec![(feature, 1.0), (2, 1.0)], label, weight: 1.0 };
        let examples = [example(0, true), example(1, false), example(0, true), example(1, false)];
        let weights = fit(&examples, 3, 0.1);
        assert!(weights[0] > 1.0 && weights[1] < -1.0 && weights[2].abs() < 0.05, "{weights:?}");
        // At the optimum nothing pulls any more.
        let (_, gradient) = slope(&examples, &weights, 0.1);
        assert!(length(&gradient) < 0.01, "{gradient:?}");
        assert!(score(&weights, &[(0, 1.0)]) > 0.0 && score(&weights, &[(1, 1.0)]) < 0.0);
    }

    #[test]
    fn nothing_to_learn_from_is_no_weight() {
        assert_eq!(fit(&[], 2, 1.0), [0.0; 3]);
        let all = [Example { features: vec![(0, f32::MAX)], label: true, weight: 1.0 }];
        assert!(fit(&all, 1, 1.0).iter().all(|weight| weight.is_finite()));
    }
}
