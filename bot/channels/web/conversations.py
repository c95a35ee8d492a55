"""What is remembered of each chat: answered messages, and turns under way.

It holds no word a patient typed: of a message only its id and a digest are kept, to answer a
retried message once. Where several processes serve, they tell each other what was answered,
sealed, and which chats are deleted.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from actions.reply import Reply
from bot.channels.refusals import Refusal
from bot.sealing import CannotOpenError, shared_sealer
from bot.storage.processes import shared_processes
from knowledge_base.outcome import Outcome

MOST_CONVERSATIONS = 10_000  # the least recently used idle one is forgotten
MOST_ANSWERS = 20  # per conversation, kept for retries and feedback
MOST_PENDING = 3  # messages of one chat under way or waiting
GRACE_SECONDS = 1.0  # for a turn that takes too long to end, and be forgotten, by itself
RETRY_SECONDS = 600.0  # for which other processes know an answered message

Answer = Callable[[], Awaitable[Reply]]


@dataclass
class Turn:
    """One message and the answer it got, or is about to get."""

    digest: str
    reply: asyncio.Future[Reply]
    feedback: str | None = None


class Conversation:
    """The memory of one chat, by the id of its session."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = asyncio.Lock()
        self._turns: OrderedDict[str, Turn] = OrderedDict()

    @property
    def pending(self) -> int:
        """How many replies are under way or waiting."""
        return sum(not turn.reply.done() for turn in self._turns.values())

    async def turn(self, message_id: str) -> Turn:
        """Return the answered message of that id, whichever process answered it.

        Raises:
            Refusal: there is none.
        """
        await self._require_kept()
        turn = self._turns.get(message_id)
        if turn is None and (known := await self._known(message_id)):
            digest, reply = known
            turn = self._turns[message_id] = Turn(digest, asyncio.Future())
            turn.reply.set_result(reply)
        if turn is None or not turn.reply.done():
            raise Refusal("unknown_message")
        return turn

    async def answer_once(
        self, message_id: str, text: str, answer: Answer, seconds: float
    ) -> Reply:
        """Answer the message, one at a time; a message sent twice gets its first answer again.

        The turn runs in a task of its own: a patient whose connection breaks mid-turn finds
        the answer ready on the retry.
        """
        digest = hashlib.sha256(text.encode()).hexdigest()
        turn = self._turns.get(message_id)
        if turn is None:
            if self.pending >= MOST_PENDING:
                raise Refusal("busy", wait=2)
            work = self._in_turn(message_id, digest, answer, seconds)
            task = asyncio.create_task(work)
            turn = self._turns[message_id] = Turn(digest, task)
            task.add_done_callback(lambda done: self._settle(message_id, done))
        else:
            await self._require_kept()
            if turn.digest != digest:
                raise Refusal("message_id_reused")
        try:
            return await asyncio.wait_for(asyncio.shield(turn.reply), seconds + GRACE_SECONDS)
        except asyncio.TimeoutError:
            raise Refusal("slow") from None
        except asyncio.CancelledError:
            if turn.reply.cancelled():  # the chat was deleted meanwhile
                raise Refusal("session_expired") from None
            raise  # the patient's connection broke

    async def _in_turn(self, message_id: str, digest: str, answer: Answer, seconds: float) -> Reply:
        async with self._lock, shared_processes().alone(f"chat/{self._name}"):
            await self._require_kept()
            if known := await self._known(message_id):
                if known[0] != digest:
                    raise Refusal("message_id_reused")
                return known[1]
            try:
                reply = await asyncio.wait_for(answer(), seconds)
            except asyncio.TimeoutError:
                raise Refusal("slow") from None
            if shared_processes().are_several and _is_final(reply):
                place = self._place_of(message_id)
                sealed = shared_sealer().seal([digest, reply.to_message()], place)
                await shared_processes().note(place, sealed, RETRY_SECONDS)
            return reply

    async def _known(self, message_id: str) -> tuple[str, Reply] | None:
        """The digest of a message that another process answered, and the answer."""
        place = self._place_of(message_id)
        sealed = await shared_processes().noted(place)
        try:
            known = shared_sealer().open(sealed, place) if sealed else None
        except CannotOpenError:
            return None
        return (known[0], Reply.from_message(known[1])) if known else None

    def _place_of(self, message_id: str) -> str:
        return f"answer/{self._name}/{message_id}"

    async def _require_kept(self) -> None:
        """Refuse if a patient deleted this chat at another process."""
        if await shared_processes().noted(f"deleted/{self._name}"):
            raise Refusal("session_expired")

    def _settle(self, message_id: str, task: asyncio.Task[Reply]) -> None:
        """Forget a turn that failed, so that its retry is a fresh try; bound the others."""
        failed = task.cancelled() or task.exception() is not None
        if failed or not _is_final(task.result()):
            self._turns.pop(message_id, None)
        while len(self._turns) > MOST_ANSWERS + MOST_PENDING:
            self._turns.popitem(last=False)

    def cancel(self) -> None:
        """Stop the turns under way (the patient deletes the chat)."""
        for turn in self._turns.values():
            turn.reply.cancel()


def _is_final(reply: Reply) -> bool:
    """Whether a retry gets this answer again: kind words for a bad moment are none."""
    return reply.outcome is not Outcome.UNAVAILABLE


class Conversations:
    """The chats this process remembers, at most so many, the least recently used forgotten first.

    What they know of each other, other processes know too.
    """

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, Conversation] = OrderedDict()
        self._deleted: dict[str, float] = {}

    def of(self, session_id: str) -> Conversation:
        """The memory of that chat.

        Raises:
            Refusal: its patient deleted it, at this process.
        """
        if session_id in self._deleted:
            raise Refusal("session_expired")
        conversation = self._by_id.get(session_id)
        if conversation is None:
            conversation = self._by_id[session_id] = Conversation(session_id)
        self._by_id.move_to_end(session_id)
        while len(self._by_id) > MOST_CONVERSATIONS:
            idle = next((key for key, kept in self._by_id.items() if not kept.pending), None)
            if idle is None or idle == session_id:
                break
            del self._by_id[idle]
        return conversation

    async def delete(self, session_id: str, expires: float) -> None:
        """Forget the chat, and refuse its token for as long as it would have lived."""
        now = time.time()
        self._deleted = {key: end for key, end in self._deleted.items() if end > now}
        self._deleted[session_id] = expires
        conversation = self._by_id.pop(session_id, None)
        if conversation:
            conversation.cancel()
        await shared_processes().note(f"deleted/{session_id}", b"1", expires - now)
