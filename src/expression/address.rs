//! Address arithmetic for templates and rules.

use ipnet::Ipv4Net;
use minijinja::value::Value;
use minijinja::{Environment, Error, State};

use super::invalid;

pub(super) fn register(env: &mut Environment<'static>) {
    env.add_function("cidr_valid", |_: &mut State, cidr: String| parse(&cidr).is_ok());
    env.add_function("cidr_prefix", |_: &mut State, cidr: String| Ok::<_, Error>(parse(&cidr)?.prefix_len()));
    env.add_function("cidr_overlaps", |_: &mut State, a: String, b: String| {
        let (a, b) = (parse(&a)?, parse(&b)?);
        Ok::<_, Error>(a.contains(&b) || b.contains(&a))
    });
    env.add_function("cidr_contains", |_: &mut State, outer: String, inner: String| {
        Ok::<_, Error>(parse(&outer)?.contains(&parse(&inner)?))
    });
    env.add_function("cidr_private", |_: &mut State, cidr: String| {
        let net = parse(&cidr)?;
        let shared = Ipv4Net::new_assert([100, 64, 0, 0].into(), 10);
        Ok::<_, Error>((net.network().is_private() && net.broadcast().is_private()) || shared.contains(&net))
    });
    env.add_function("cidr_subnets", |_: &mut State, cidr: String, prefix: u8, count: usize, skip: Option<usize>| {
        let net = parse(&cidr)?;
        let subnets =
            net.subnets(prefix).map_err(|_| invalid(format!("{cidr} cannot be cut into /{prefix} blocks")))?;
        let blocks: Vec<String> = subnets.skip(skip.unwrap_or(0)).take(count).map(|block| block.to_string()).collect();
        if blocks.len() < count {
            return Err(invalid(format!("{cidr} has no room for {count} blocks of /{prefix}")));
        }
        Ok(Value::from(blocks))
    });
}

/// An IPv4 range whose address is its first: `10.0.0.0/16`, not `10.0.0.1/16`.
fn parse(cidr: &str) -> Result<Ipv4Net, Error> {
    let net: Ipv4Net =
        cidr.parse().map_err(|_| invalid(format!("`{cidr}` is not an IPv4 range such as 10.0.0.0/16")))?;
    if net.addr() != net.network() {
        return Err(invalid(format!(
            "`{cidr}` does not start at a /{} boundary: write {}",
            net.prefix_len(),
            net.trunc()
        )));
    }
    Ok(net)
}
