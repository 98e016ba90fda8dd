"""Callbacks: what looks on while a model is trained, and may act."""

from nn.callbacks.base import Callback
from nn.callbacks.csv_logger import CSVLogger
from nn.callbacks.early_stopping import EarlyStopping
from nn.callbacks.gradient_monitor import GradientMonitor
from nn.callbacks.lambda_callback import LambdaCallback
from nn.callbacks.learning_rate import LearningRateScheduler
from nn.callbacks.live_boundary import LiveDecisionBoundary
from nn.callbacks.model_checkpoint import ModelCheckpoint
from nn.callbacks.plateau import ReduceLROnPlateau
from nn.callbacks.tensorboard import TensorBoard
from nn.callbacks.terminate import TerminateOnNaN

__all__ = [
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "GradientMonitor",
    "LambdaCallback",
    "LearningRateScheduler",
    "LiveDecisionBoundary",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "TensorBoard",
    "TerminateOnNaN",
]
