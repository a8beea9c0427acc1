//! Does a language model fit a Neuron instance? The arithmetic, term by term, and the cheapest type that would do.
//!
//! Per core: `(weights × 1.05 + KV cache) / cores + 1 GiB ≤ memory per core`. The rule without the overheads is AWS's
//! (aws-neuron-sdk, nxd-inference feature guide, "Tensor-parallelism support"); the 5 % and the 1 GiB, for compiled graphs,
//! scratchpad and activations, are a guess that no hardware has confirmed. The KV cache grows when there are more cores
//! than key-value heads ("GQA support" of the same guide), and loading a checkpoint needs memory of the host as well.

use serde::Serialize;
use serde_json::Value;

use super::{counts, get, number, table, text, texts};

const GIB: f64 = (1u64 << 30) as f64;
/// Share of the weights that the runtime adds. A guess.
const WEIGHT_OVERHEAD: f64 = 1.05;
/// GiB on each core for graphs, scratchpad and activations. A guess.
const CORE_OVERHEAD_GIB: f64 = 1.0;
/// Above this share of a core's memory the first long prompt may not fit. A guess.
const HEADROOM: f64 = 0.85;
/// Host memory for loading: 1.25 × weights + 4 GiB (a 12 GB checkpoint was killed at 15.3 GB on a 16 GiB inf2.xlarge).
const HOST_FACTOR: f64 = 1.25;
const HOST_BASE_GIB: f64 = 4.0;

/// What the arithmetic must know of a model; from the catalogue with [`ModelShape::of`], or from a user's own figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModelShape {
    /// Size of the weights in bf16 (2 bytes each), in GiB.
    pub weights_gib: f64,
    /// Transformer layers.
    pub layers: u32,
    /// Query heads.
    pub attention_heads: u32,
    /// Key-value heads.
    pub kv_heads: u32,
    /// Width of a head.
    pub head_dim: u32,
}

impl ModelShape {
    /// The shape of a model of `neuron-models.yaml`.
    pub fn of(model: &str) -> Option<Self> {
        let row = get("neuron-models", model)?;
        let count = |field| Some(number(row, field)? as u32);
        Some(Self {
            weights_gib: number(row, "weightsGib")?,
            layers: count("layers")?,
            attention_heads: count("attentionHeads")?,
            kv_heads: count("kvHeads")?,
            head_dim: count("headDim")?,
        })
    }

    /// How many key-value heads are kept, and that some are copies.
    fn heads_in_words(&self, kept: u32) -> String {
        if kept == self.kv_heads { format!("{kept} heads") } else { format!("{kept} heads ({} copied)", self.kv_heads) }
    }

    /// Key-value heads that are kept in memory: replicated to one per core, or to one per query head if neither divides.
    fn kv_heads_kept(&self, cores: u32) -> u32 {
        match (self.kv_heads.max(1), cores.max(1)) {
            (kv, cores) if kv % cores == 0 => kv,
            (kv, cores) if cores % kv == 0 => cores,
            _ => self.attention_heads,
        }
    }
}

/// How the model is to be served.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Serving {
    /// Bytes per weight: 2 for bf16, 1 for int8 and fp8.
    pub bytes_per_weight: f64,
    /// Longest sequence, prompt and answer together, in tokens.
    pub max_model_length: u32,
    /// Sequences that are served at once.
    pub max_sequences: u32,
}

/// The answer of [`neuron_fit()`]: every term of the sum, so that a message can show it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NeuronFit {
    /// The EC2 type.
    pub instance_type: String,
    /// Cores that share the model.
    pub tensor_parallel: u32,
    /// Logical NeuronCores of the type.
    pub neuron_cores: u32,
    /// Degrees that the runtime supports on the type.
    pub degrees: Vec<u32>,
    /// The degree is one of `degrees` and not above the number of cores.
    pub degree_supported: bool,
    /// The query heads can be dealt out evenly.
    pub heads_divisible: bool,
    /// Key-value heads in memory, after replication over the cores.
    pub kv_heads_effective: u32,
    /// Weights in GiB, without overhead.
    pub weights_gib: f64,
    /// Cache of keys and values in GiB, for all sequences.
    pub kv_cache_gib: f64,
    /// What one core needs, in GiB.
    pub per_core_gib: f64,
    /// What one core has, in GiB.
    pub core_memory_gib: f64,
    /// `per_core_gib` is at most `core_memory_gib`.
    pub device_fits: bool,
    /// It fits, but uses more than 85 % of a core.
    pub tight: bool,
    /// Memory that loading the checkpoint needs on the host, in GiB; pre-sharded weights need less.
    pub host_needed_gib: f64,
    /// Memory of the host in GiB.
    pub host_memory_gib: f64,
    /// The host can load the checkpoint.
    pub host_fits: bool,
    /// The model fits the cores and the host, with a degree that the runtime supports.
    pub fits: bool,
    /// The sum in one line.
    pub arithmetic: String,
}

/// The arithmetic for one instance type and degree; `None` when the type is not in `accelerators.yaml`.
pub fn neuron_fit(
    shape: &ModelShape,
    serving: &Serving,
    instance_type: &str,
    tensor_parallel: u32,
) -> Option<NeuronFit> {
    let row = get("accelerators", instance_type)?;
    let (cores, core_memory) = (number(row, "neuronCores")? as u32, number(row, "memoryPerCoreGib")?);
    let (host_memory, degrees) = (number(row, "memoryGib")?, counts(row, "tpDegrees"));
    let tp = tensor_parallel.max(1);

    let weights = shape.weights_gib * serving.bytes_per_weight / 2.0;
    let kv_heads = shape.kv_heads_kept(tp);
    let tokens = f64::from(serving.max_model_length) * f64::from(serving.max_sequences);
    // Keys and values, two bytes each.
    let kv_cache = 4.0 * f64::from(shape.layers) * f64::from(kv_heads) * f64::from(shape.head_dim) * tokens / GIB;
    let per_core = (weights * WEIGHT_OVERHEAD + kv_cache) / f64::from(tp) + CORE_OVERHEAD_GIB;
    let host_needed = HOST_FACTOR * weights + HOST_BASE_GIB;
    let degree_supported = tp <= cores && degrees.contains(&tp);
    let (device_fits, host_fits) = (per_core <= core_memory, host_needed <= host_memory);
    Some(NeuronFit {
        instance_type: instance_type.to_owned(),
        tensor_parallel,
        neuron_cores: cores,
        degree_supported,
        degrees,
        heads_divisible: shape.attention_heads.is_multiple_of(tp),
        kv_heads_effective: kv_heads,
        weights_gib: weights,
        kv_cache_gib: kv_cache,
        per_core_gib: per_core,
        core_memory_gib: core_memory,
        device_fits,
        tight: device_fits && per_core > HEADROOM * core_memory,
        host_needed_gib: host_needed,
        host_memory_gib: host_memory,
        host_fits,
        fits: device_fits && host_fits && degree_supported,
        arithmetic: format!(
            "each core needs (weights {weights:.2} GiB × {WEIGHT_OVERHEAD} + KV cache {kv_cache:.2} GiB) ÷ {tp} \
             + {CORE_OVERHEAD_GIB} GiB = {per_core:.2} of {core_memory} GiB, the cache being 2 × {layers} layers × {heads} \
             × {dim} × 2 bytes × {tokens} tokens; the host needs {HOST_FACTOR} × {weights:.2} + {HOST_BASE_GIB} = \
             {host_needed:.2} of {host_memory} GiB",
            layers = shape.layers,
            heads = shape.heads_in_words(kv_heads),
            dim = shape.head_dim,
        ),
    })
}

/// A type and degree that would do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NeuronProposal {
    /// The EC2 type.
    pub instance_type: String,
    /// The largest degree that the model can use on it.
    pub tensor_parallel: u32,
    /// US dollars per hour on demand in us-east-1, where known.
    pub price_usd_hour: Option<f64>,
    /// The sum in one line.
    pub arithmetic: String,
}

/// The cheapest type that holds the model with room to spare and is offered on demand in all of `regions` (none given:
/// anywhere), with the largest degree that divides the heads. Types without a known price come last; legacy ones never.
pub fn neuron_proposal(shape: &ModelShape, serving: &Serving, regions: &[&str]) -> Option<NeuronProposal> {
    let fitting = table("accelerators")?.rows().filter(|row| offered(row, regions)).filter_map(|row| {
        let degrees = counts(row, "tpDegrees");
        let fits = degrees.iter().filter_map(|&tp| neuron_fit(shape, serving, text(row, "id")?, tp));
        let best = fits.filter(|f| f.fits && !f.tight && f.heads_divisible).max_by_key(|f| f.tensor_parallel)?;
        Some((number(row, "priceUsdHour"), best))
    });
    let (price_usd_hour, fit) = fitting.min_by(|(a, _), (b, _)| {
        let price = |p: &Option<f64>| p.unwrap_or(f64::INFINITY);
        price(a).total_cmp(&price(b))
    })?;
    let NeuronFit { instance_type, tensor_parallel, arithmetic, .. } = fit;
    Some(NeuronProposal { instance_type, tensor_parallel, price_usd_hour, arithmetic })
}

fn offered(row: &Value, regions: &[&str]) -> bool {
    row["legacy"] != true
        && if regions.is_empty() {
            texts(row, "regions").next().is_some()
        } else {
            regions.iter().all(|region| texts(row, "regions").any(|r| r == *region))
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVING: Serving = Serving { bytes_per_weight: 2.0, max_model_length: 4096, max_sequences: 4 };

    fn shape(model: &str) -> ModelShape {
        ModelShape::of(model).expect("the model is in the catalogue")
    }

    #[test]
    fn the_sum_is_shown() {
        let fit = neuron_fit(&shape("meta-llama/Llama-3.1-8B-Instruct"), &SERVING, "inf2.8xlarge", 2).unwrap();
        assert!(fit.fits && fit.heads_divisible && !fit.tight);
        assert_eq!(
            fit.arithmetic,
            "each core needs (weights 14.96 GiB × 1.05 + KV cache 2.00 GiB) ÷ 2 + 1 GiB = 9.85 of 16 GiB, the cache being \
             2 × 32 layers × 8 heads × 128 × 2 bytes × 16384 tokens; the host needs 1.25 × 14.96 + 4 = 22.70 of 128 GiB"
        );
        let copied = neuron_fit(&shape("TinyLlama/TinyLlama-1.1B-Chat-v1.0"), &SERVING, "inf2.24xlarge", 8).unwrap();
        assert!(copied.arithmetic.contains("× 8 heads (4 copied) ×"), "{}", copied.arithmetic);
    }

    #[test]
    fn the_host_and_the_degree_count_too() {
        let llama = shape("meta-llama/Llama-3.1-8B-Instruct");
        let small = neuron_fit(&llama, &SERVING, "inf2.xlarge", 2).unwrap();
        assert!(small.device_fits && !small.host_fits && !small.fits);
        let twelve = neuron_fit(&llama, &SERVING, "inf2.24xlarge", 12).unwrap();
        assert!(!twelve.degree_supported && !twelve.heads_divisible && !twelve.fits);
        let alone = neuron_fit(&llama, &SERVING, "inf2.8xlarge", 1).unwrap();
        assert!(!alone.device_fits);
        assert_eq!(neuron_fit(&llama, &SERVING, "g5.xlarge", 1), None);
    }

    #[test]
    fn heads_that_cannot_be_shared_are_copied() {
        let phi = shape("microsoft/phi-4");
        assert_eq!([1, 2, 4, 10, 20].map(|tp| phi.kv_heads_kept(tp)), [10, 10, 40, 10, 20]);
    }

    #[test]
    fn the_cheapest_type_is_proposed() {
        let proposal = |model: &str, regions: &[&str]| {
            neuron_proposal(&shape(model), &SERVING, regions).map(|p| (p.instance_type, p.tensor_parallel))
        };
        let some = |name: &str, tp| Some((name.to_owned(), tp));
        assert_eq!(proposal("meta-llama/Llama-3.1-8B-Instruct", &[]), some("trn1.2xlarge", 2));
        assert_eq!(proposal("meta-llama/Llama-3.1-8B-Instruct", &["eu-west-1"]), some("inf2.8xlarge", 2));
        assert_eq!(proposal("TinyLlama/TinyLlama-1.1B-Chat-v1.0", &["eu-west-1"]), some("inf2.xlarge", 2));
        assert_eq!(proposal("Qwen/Qwen2.5-32B-Instruct", &["eu-west-1", "us-east-1"]), some("inf2.24xlarge", 8));
        assert_eq!(proposal("meta-llama/Llama-3.1-405B-Instruct", &["eu-west-1"]), None);
    }
}
