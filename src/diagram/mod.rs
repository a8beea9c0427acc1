//! What people would rather look at: a diagram of the design, as SVG and as Mermaid.
//!
//! What is shown is data of the component types (`x-diagram`), judged over the graph and what each component renders to. The
//! layout is made here: columns along the flows, rows by search, groups as boxes, and arrows in the streets between the rows and
//! columns, where nothing else stands. The same design gives the same picture, byte for byte.

mod around;
mod build;
mod cards;
mod clean;
mod columns;
mod draft;
mod glyph;
mod grid;
mod label;
mod lanes;
mod layout;
mod mermaid;
mod model;
mod plan;
mod ports;
mod rows;
mod streets;
mod style;
mod svg;
mod text;

pub use build::diagram;
pub use layout::{Block, Card, Frame, Layout, Line, Point, Wire, arrange};
pub use mermaid::mermaid;
pub use model::{Diagram, Edge, Group, Node, Zone};
pub use svg::svg;
pub use text::{Face, width};
