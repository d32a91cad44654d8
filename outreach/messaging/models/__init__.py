"""Tables of the messaging feature."""

from outreach.messaging.models.announcement_budget import AnnouncementBudget
from outreach.messaging.models.assignment import Assignment
from outreach.messaging.models.broadcast import Broadcast
from outreach.messaging.models.conversation import Conversation
from outreach.messaging.models.inbound_message import InboundMessage
from outreach.messaging.models.message import Message
from outreach.messaging.models.prompt_recording import PromptRecording
from outreach.messaging.models.provider_event import ProviderEvent
from outreach.messaging.models.reveal import Reveal
from outreach.messaging.models.sender import Sender
from outreach.messaging.models.simulated_call import SimulatedCall
from outreach.messaging.models.simulated_phone import SimulatedPhone
from outreach.messaging.models.simulated_text import SimulatedText
from outreach.messaging.models.suppression import Suppression
from outreach.messaging.models.text_tally import TextTally
from outreach.messaging.models.voice_step import VoiceStep
from outreach.messaging.models.worker_mark import WorkerMark

__all__ = [
    "AnnouncementBudget",
    "Assignment",
    "Broadcast",
    "Conversation",
    "InboundMessage",
    "Message",
    "PromptRecording",
    "ProviderEvent",
    "Reveal",
    "Sender",
    "SimulatedCall",
    "SimulatedPhone",
    "SimulatedText",
    "Suppression",
    "TextTally",
    "VoiceStep",
    "WorkerMark",
]
