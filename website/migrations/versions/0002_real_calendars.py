"""Real calendars

Revision ID: 0002
Revises: 0001

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('identity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('issuer', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_identity_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity'))
    )
    with op.batch_alter_table('identity', schema=None) as batch_op:
        batch_op.create_index('ix_identity_issuer_subject', ['issuer', 'subject'], unique=True)
        batch_op.create_index(batch_op.f('ix_identity_user_id'), ['user_id'], unique=False)

    op.create_table('booking_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=False),
    sa.Column('calendar_id', sa.Integer(), nullable=True),
    sa.Column('invites', sa.Boolean(), nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('external_id', sa.String(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('etag', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=True),
    sa.Column('found', sa.String(), nullable=False),
    sa.Column('found_start_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('found_end_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('doubted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('look_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_booking_event_booking_id_booking'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['calendar_id'], ['calendar.id'], name=op.f('fk_booking_event_calendar_id_calendar'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking_event'))
    )
    with op.batch_alter_table('booking_event', schema=None) as batch_op:
        batch_op.create_index('ix_booking_event_booking_id_calendar_id', ['booking_id', 'calendar_id'], unique=True)
        batch_op.create_index(batch_op.f('ix_booking_event_calendar_id'), ['calendar_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_booking_event_look_at'), ['look_at'], unique=False)

    op.create_table('push_channel',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('calendar_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('token', sa.String(), nullable=False),
    sa.Column('resource', sa.String(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['calendar_id'], ['calendar.id'], name=op.f('fk_push_channel_calendar_id_calendar'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_channel')),
    sa.UniqueConstraint('name', name=op.f('uq_push_channel_name'))
    )
    with op.batch_alter_table('push_channel', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_push_channel_calendar_id'), ['calendar_id'], unique=False)

    # Columns are added in place: making these tables anew would empty the tables that refer to them.
    op.add_column('booking', sa.Column('meeting_url', sa.String(), nullable=False, server_default=''))
    op.add_column('calendar', sa.Column('timezone', sa.String(), nullable=False, server_default=''))
    op.add_column('calendar', sa.Column('writable', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('calendar', sa.Column('primary', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('calendar', sa.Column('meets', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('calendar', sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('calendar', sa.Column('known_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('calendar', sa.Column('error', sa.String(), nullable=False, server_default=''))
    op.add_column('calendar', sa.Column('missing_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('calendar_account', sa.Column('subject', sa.String(), nullable=False, server_default=''))
    op.add_column('calendar_account', sa.Column('label', sa.String(), nullable=False, server_default=''))
    op.add_column('calendar_account', sa.Column('scopes', sa.String(), nullable=False, server_default=''))
    op.add_column('calendar_account', sa.Column('broken_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('calendar_account', sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('calendar_account', sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('calendar_account', sa.Column('renewing_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('calendar_account', sa.Column('grant_ends_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('calendar_account', sa.Column('emptied_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('calendar_account', sa.Column('refresh_minutes', sa.Integer(), nullable=True))
    op.add_column('calendar_account', sa.Column('told', sa.Integer(), nullable=False, server_default='0'))

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lane', sa.String(), nullable=False, server_default=''))
        batch_op.create_index(batch_op.f('ix_message_lane'), ['lane'], unique=False)
        batch_op.alter_column('booking_id', existing_type=sa.INTEGER(), nullable=True)
    _keep_what_is_known()


def _keep_what_is_known():
    """Readings are kept by calendar now, and events by booking and calendar."""
    for column in ('checked_at', 'known_until'):
        op.execute(
            f'UPDATE calendar SET {column} = (SELECT account.{column} FROM calendar_account AS account'
            ' WHERE account.id = calendar.account_id)'
        )
    op.execute(
        'INSERT INTO booking_event (booking_id, calendar_id, invites, generation, external_id, uid, etag, address,'
        ' sequence, found)'
        " SELECT booking.id, builtin_event.calendar_id, false, 0, builtin_event.uid, builtin_event.uid, '', '',"
        " booking.sequence, ''"
        ' FROM booking JOIN builtin_event ON builtin_event.uid = booking.uid'
    )
    # An event that was still to be put, or to be taken away, when the release came.
    op.execute(
        'INSERT INTO booking_event (booking_id, calendar_id, invites, generation, external_id, uid, etag, address, found)'
        " SELECT DISTINCT message.booking_id, calendar.id, false, 0, '', '', '', '', ''"
        ' FROM message JOIN booking_host ON booking_host.booking_id = message.booking_id'
        ' JOIN calendar_account ON calendar_account.user_id = booking_host.user_id'
        ' JOIN calendar ON calendar.account_id = calendar_account.id AND calendar.receives_bookings'
        " WHERE message.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM booking_event"
        ' WHERE booking_event.booking_id = message.booking_id AND booking_event.calendar_id = calendar.id)'
    )


def downgrade():
    op.execute('DELETE FROM message WHERE booking_id IS NULL')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.alter_column('booking_id', existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_index(batch_op.f('ix_message_lane'))
        batch_op.drop_column('lane')

    op.drop_column('calendar_account', 'told')
    op.drop_column('calendar_account', 'refresh_minutes')
    op.drop_column('calendar_account', 'emptied_at')
    op.drop_column('calendar_account', 'grant_ends_at')
    op.drop_column('calendar_account', 'renewing_until')
    op.drop_column('calendar_account', 'tried_at')
    op.drop_column('calendar_account', 'failing_since')
    op.drop_column('calendar_account', 'broken_at')
    op.drop_column('calendar_account', 'scopes')
    op.drop_column('calendar_account', 'label')
    op.drop_column('calendar_account', 'subject')

    op.drop_column('calendar', 'missing_at')
    op.drop_column('calendar', 'error')
    op.drop_column('calendar', 'known_until')
    op.drop_column('calendar', 'checked_at')
    op.drop_column('calendar', 'meets')
    op.drop_column('calendar', 'primary')
    op.drop_column('calendar', 'writable')
    op.drop_column('calendar', 'timezone')

    op.drop_column('booking', 'meeting_url')

    with op.batch_alter_table('push_channel', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_push_channel_calendar_id'))

    op.drop_table('push_channel')
    with op.batch_alter_table('booking_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_booking_event_look_at'))
        batch_op.drop_index(batch_op.f('ix_booking_event_calendar_id'))
        batch_op.drop_index('ix_booking_event_booking_id_calendar_id')

    op.drop_table('booking_event')
    with op.batch_alter_table('identity', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identity_user_id'))
        batch_op.drop_index('ix_identity_issuer_subject')

    op.drop_table('identity')
