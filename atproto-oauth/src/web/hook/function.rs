//! Takes the signature of a hook's function apart, and calls the function.

/// A function with the signature `Sig`, a function pointer type: `fn(Login<App>) -> …`.
///
/// Implemented for functions of up to 8 arguments; the compiler infers `Sig` from the function's name.
#[diagnostic::on_unimplemented(
    message = "this is not a function that can be a hook; write the path of an `async fn` that takes at most 8 extractors, all of them owned",
    label = "not a hook"
)]
pub trait HookFn<Sig: Signature>: Clone + Send + Sync + 'static {
    /// Calls it.
    fn call(self, arguments: Arguments<Sig>) -> Sig::Output;
}

/// A function pointer type, taken apart. Arguments that it does not have are [`Absent`].
pub trait Signature: Sized + 'static {
    /// The first argument, if there are two or more.
    type A1;
    /// The second, if there are three or more.
    type A2;
    /// The third, if there are four or more.
    type A3;
    /// The fourth, if there are five or more.
    type A4;
    /// The fifth, if there are six or more.
    type A5;
    /// The sixth, if there are seven or more.
    type A6;
    /// The seventh, if there are eight.
    type A7;
    /// The last one.
    type Last;
    /// What it returns: for an `async fn`, a future.
    type Output;
}

/// An argument that the function does not have; it can be extracted from anything.
#[derive(Clone, Copy, Debug)]
pub struct Absent;

/// All arguments of a function of signature `Sig`.
pub type Arguments<Sig> = (
    <Sig as Signature>::A1,
    <Sig as Signature>::A2,
    <Sig as Signature>::A3,
    <Sig as Signature>::A4,
    <Sig as Signature>::A5,
    <Sig as Signature>::A6,
    <Sig as Signature>::A7,
    <Sig as Signature>::Last,
);

/// Implements both traits for one number of arguments: the ones there are (the trait's name for it,
/// the generic's name and the value's), the names that are absent, and the last.
macro_rules! function {
    ([$($slot:ident $ty:ident $value:ident),*] [$($absent:ident),*] [$($last:ident $value_last:ident)?]) => {
        impl<R: 'static, $($ty: 'static,)* $($last: 'static)?> Signature
            for fn($($ty,)* $($last)?) -> R
        {
            $(type $slot = $ty;)*
            $(type $absent = Absent;)*
            type Last = function!(@last $($last)?);
            type Output = R;
        }

        impl<F, R: 'static, $($ty: 'static,)* $($last: 'static)?> HookFn<fn($($ty,)* $($last)?) -> R>
            for F
        where
            F: FnOnce($($ty,)* $($last)?) -> R + Clone + Send + Sync + 'static,
        {
            fn call(
                self,
                ($($value,)* $(function!(@skip $absent),)* function!(@bind $($value_last)?)):
                    Arguments<fn($($ty,)* $($last)?) -> R>,
            ) -> R {
                self($($value,)* $($value_last)?)
            }
        }
    };
    (@last) => { Absent };
    (@last $last:ident) => { $last };
    (@skip $absent:ident) => { Absent };
    (@bind) => { Absent };
    (@bind $value:ident) => { $value };
}

function!([] [A1, A2, A3, A4, A5, A6, A7] []);
function!([] [A1, A2, A3, A4, A5, A6, A7] [L last]);
function!([A1 T1 a1] [A2, A3, A4, A5, A6, A7] [L last]);
function!([A1 T1 a1, A2 T2 a2] [A3, A4, A5, A6, A7] [L last]);
function!([A1 T1 a1, A2 T2 a2, A3 T3 a3] [A4, A5, A6, A7] [L last]);
function!([A1 T1 a1, A2 T2 a2, A3 T3 a3, A4 T4 a4] [A5, A6, A7] [L last]);
function!([A1 T1 a1, A2 T2 a2, A3 T3 a3, A4 T4 a4, A5 T5 a5] [A6, A7] [L last]);
function!([A1 T1 a1, A2 T2 a2, A3 T3 a3, A4 T4 a4, A5 T5 a5, A6 T6 a6] [A7] [L last]);
function!([A1 T1 a1, A2 T2 a2, A3 T3 a3, A4 T4 a4, A5 T5 a5, A6 T6 a6, A7 T7 a7] [] [L last]);
