//! Does a JumpStart model fit a SageMaker instance type? (Rules SM004 and SM005.)
//!
//! The weights are held against the memory of the accelerators that share the model: those that the model's environment
//! names for the instance, or all of them. KV cache is not in the sum (the shapes are not in JumpStart's data); the warning
//! at 1.2 × the weights stands for it. On instances without accelerators the host's memory counts.

use serde::Serialize;
use serde_json::Value;

use super::{get, number, text, texts};

/// Room for KV cache and activations below which serving is doubtful.
const ROOM: f64 = 1.2;

/// Variables that say over how many devices a server spreads the model, as the images name them.
const SHARD_VARIABLES: [&str; 5] =
    ["SM_NUM_GPUS", "NUM_SHARD", "OPTION_TENSOR_PARALLEL_DEGREE", "TENSOR_PARALLEL_DEGREE", "NEURON_RT_NUM_CORES"];

/// The answer of [`jumpstart_fit()`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JumpstartFit {
    /// The ml.* type.
    pub instance_type: String,
    /// Size of the weights in GiB.
    pub weights_gib: f64,
    /// Accelerators, or NeuronCores on Neuron types, that share the model; 0 on instances without accelerators.
    pub shards: u32,
    /// The model's environment names the number; otherwise all devices are assumed.
    pub shards_named: bool,
    /// Accelerators (or NeuronCores) of the instance.
    pub devices: u32,
    /// Memory of one of them in GiB.
    pub device_memory_gib: f64,
    /// Memory that the shards have together; the host's when there is no accelerator.
    pub memory_gib: f64,
    /// The weights are smaller than the memory.
    pub fits: bool,
    /// The weights × 1.2 are as well.
    pub roomy: bool,
    /// The sum in one line.
    pub arithmetic: String,
    /// The smallest type of the model's own list that holds it with room, where that is another one.
    pub proposal: Option<String>,
}

/// The arithmetic for one model and type; `None` when one of them is not in the catalogue or lacks the figures.
/// The proposal is hosted in all of `regions` (none given: somewhere).
pub fn jumpstart_fit(model: &str, instance_type: &str, regions: &[&str]) -> Option<JumpstartFit> {
    let row = get("jumpstart-models", model)?;
    let mut fit = fit(row, instance_type)?;
    if !fit.roomy {
        fit.proposal = proposal(row, regions).filter(|name| name != instance_type);
    }
    Some(fit)
}

fn fit(model: &Value, instance_type: &str) -> Option<JumpstartFit> {
    let instance = get("ml-instances", instance_type)?;
    let weights = number(model, "weightsGib")?;
    let (devices, each) = devices(instance)?;
    let named = shards(model, instance_type);
    let shards = named.unwrap_or(devices).min(devices);
    let memory = if devices == 0 { each } else { f64::from(shards) * each };
    let (fits, roomy) = (weights <= memory, weights * ROOM <= memory);
    let place = match shards {
        0 => format!("{memory} GiB of host memory"),
        1 => format!("{each} GiB of one device"),
        n => format!("{n} devices × {each} GiB = {memory:.2} GiB"),
    };
    Some(JumpstartFit {
        instance_type: instance_type.to_owned(),
        weights_gib: weights,
        shards,
        shards_named: named.is_some(),
        devices,
        device_memory_gib: each,
        memory_gib: memory,
        fits,
        roomy,
        arithmetic: format!("weights {weights} GiB × {ROOM} = {:.2} GiB, in {place}", weights * ROOM),
        proposal: None,
    })
}

/// Number and memory of what a model can be spread over: NeuronCores, accelerators, or (0, host memory).
fn devices(instance: &Value) -> Option<(u32, f64)> {
    let Some(accelerators) = instance.get("accelerators") else {
        return Some((0, number(instance, "memoryGib")?));
    };
    let (count, each) = (number(accelerators, "count")?, number(accelerators, "memoryGibEach")?);
    // A NeuronCore owns its share of the chip's memory.
    let parts = number(instance, "neuronCores").unwrap_or(count);
    Some((parts as u32, count * each / parts))
}

/// What the model's environment says for this instance about the number of shards.
fn shards(model: &Value, instance_type: &str) -> Option<u32> {
    let environments = [model["envByInstance"].get(instance_type), model.get("env")];
    let mut named = environments
        .into_iter()
        .flatten()
        .flat_map(|env| SHARD_VARIABLES.iter().filter_map(|variable| text(env, variable)?.parse().ok()));
    named.next()
}

/// The smallest type of the model's list that holds the model with room and is hosted in all the regions.
fn proposal(model: &Value, regions: &[&str]) -> Option<String> {
    let candidates = texts(model, "instances").filter_map(|name| {
        let instance = get("ml-instances", name)?;
        let hosted = |region: &&str| texts(instance, "hostingRegions").any(|r| r == *region);
        let offered = texts(instance, "hostingRegions").next().is_some() && regions.iter().all(hosted);
        let fit = fit(model, name).filter(|f| f.roomy && offered)?;
        // Without prices for hosting, size stands for cost: device memory first, then processors.
        Some((f64::from(fit.devices) * fit.device_memory_gib, number(instance, "vcpu")?, name))
    });
    let smallest = candidates.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)))?;
    Some(smallest.2.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_held_against_the_devices_that_share_them() {
        let falcon = "huggingface-llm-falcon-40b-instruct-bf16";
        let tight = jumpstart_fit(falcon, "ml.g5.12xlarge", &[]).unwrap();
        assert!(tight.fits && !tight.roomy);
        assert_eq!((tight.shards, tight.shards_named), (4, true));
        assert_eq!(tight.arithmetic, "weights 77.86 GiB × 1.2 = 93.43 GiB, in 4 devices × 22.35 GiB = 89.40 GiB");
        assert_eq!(tight.proposal.as_deref(), Some("ml.g5.48xlarge"));
        let small = jumpstart_fit(falcon, "ml.g5.2xlarge", &[]).unwrap();
        assert!(!small.fits);
    }

    #[test]
    fn one_shard_counts_one_device() {
        let fit = jumpstart_fit("huggingface-llm-mistral-7b-instruct", "ml.p4d.24xlarge", &[]).unwrap();
        assert_eq!((fit.shards, fit.devices, fit.roomy), (1, 8, true));
    }

    #[test]
    fn processors_count_host_memory() {
        let fit = jumpstart_fit("pytorch-ic-mobilenet-v2", "ml.m5.large", &[]).unwrap();
        assert_eq!((fit.shards, fit.memory_gib, fit.roomy), (0, 8.0, true));
        assert_eq!(jumpstart_fit("no-such-model", "ml.m5.large", &[]), None);
    }
}
