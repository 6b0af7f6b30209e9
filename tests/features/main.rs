//! What the compiler says where a feature of the crate is not on. How many errors it makes of it, `ui` counts.

#[test]
fn a_missing_feature_is_reported_in_these_words() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
